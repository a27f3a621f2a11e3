import type { BalancingPolicy, Picker } from '../balancing/balancing-policy.ts';
import { roundRobin } from '../balancing/round-robin.ts';
import type { Client } from '../model/client.ts';
import type { Server } from '../model/server.ts';
import type { Random } from '../runtime/runtime.ts';

/** Told what a policy threw, and where. */
export type OnPolicyFailure = (call: 'build' | 'pick' | 'peek', error: unknown) => void;

/**
 * The pickers of one policy, one generation after the other, which never throw: while the policy fails, servers
 * take turns instead.
 */
export class GuardedPicker {
  readonly #policy: BalancingPolicy;
  readonly #random: Random;
  readonly #onFailure: OnPolicyFailure;
  #servers: readonly Server[] = [];
  #picker: Picker;
  /** Made when it is needed. */
  #standIn: Picker | undefined = undefined;

  /** @throws whatever the policy throws: one that cannot begin is a wrong option */
  constructor(policy: BalancingPolicy, random: Random, onFailure: OnPolicyFailure) {
    this.#policy = policy;
    this.#random = random;
    this.#onFailure = onFailure;
    this.#picker = policy.build([], random);
  }

  get servers(): readonly Server[] {
    return this.#servers;
  }

  build(servers: readonly Server[]): void {
    this.#servers = servers;
    if (this.#standIn !== undefined) this.#standIn = this.#makeStandIn(this.#standIn);
    try {
      this.#picker = this.#policy.build(servers, this.#random, this.#picker);
    } catch (error) {
      this.#onFailure('build', error);
      this.#picker = this.#standIn ??= this.#makeStandIn();
    }
  }

  /** Hot path. */
  pick(client: Client, tried: readonly Server[]): Server | undefined {
    try {
      return this.#picker.pick(client, tried);
    } catch (error) {
      this.#onFailure('pick', error);
      this.#standIn ??= this.#makeStandIn();
      return this.#standIn.pick(client, tried);
    }
  }

  #makeStandIn(previous?: Picker): Picker {
    return roundRobin().build(this.#servers, this.#random, previous);
  }
}
