import type { BalancingPolicy, Picker } from '../balancing/balancing-policy.ts';
import { canTake } from '../balancing/can-take.ts';
import { roundRobin } from '../balancing/round-robin.ts';
import type { Client } from '../model/client.ts';
import type { Server } from '../model/server.ts';
import type { Random } from '../runtime/runtime.ts';

/** The server that a pick would choose. */
export interface Prospect {
  /** Undefined for nobody, or where that is not certain. */
  readonly server: Server | undefined;
  /** False where the policy cannot tell beforehand. */
  readonly isCertain: boolean;
}

const unknown: Prospect = { server: undefined, isCertain: false };

/** Told what a policy threw, and where. */
export type OnPolicyFailure = (call: 'build' | 'pick' | 'peek', error: unknown) => void;

/**
 * The pickers of one policy, one generation after the other. They never throw: while the policy fails, servers take
 * turns instead.
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

  /** What `pick` would do now. */
  peek(client: Client, tried: readonly Server[]): Prospect {
    try {
      if (this.#picker.peek !== undefined) {
        return { server: this.#picker.peek(client, tried), isCertain: true };
      }
    } catch (error) {
      this.#onFailure('peek', error);
    }
    const [first, second] = this.#servers.filter((server) => canTake(server, tried));
    return second === undefined ? { server: first, isCertain: true } : unknown;
  }

  #makeStandIn(previous?: Picker): Picker {
    return roundRobin().build(this.#servers, this.#random, previous);
  }
}
