import type { Client } from '../model/client.ts';
import type { Server } from '../model/server.ts';
import { OptionReader } from '../options.ts';
import {
  AddressPrefix,
  readAddressPrefix,
  type AddressPrefixOptions,
  type ResolvedAddressPrefixOptions,
} from '../persistence/address-prefix.ts';
import { hashBytes, hashWords } from '../persistence/half-sip-hash.ts';
import type { BalancingPolicy, Picker } from './balancing-policy.ts';
import { canTake } from './can-take.ts';

/** How much of a client's address counts. */
export type RendezvousOptions = AddressPrefixOptions;
/** {@link RendezvousOptions}, complete. */
export type ResolvedRendezvousOptions = ResolvedAddressPrefixOptions;

/**
 * A server by the client's address, without remembering anything: the same client goes to the same server, in
 * every process that has the same servers by name and weight. When a server goes only its clients move, and
 * when one comes it takes its share from all others alike. A full server's clients go to their next choice.
 *
 * A pick looks at every server, some 5 nanoseconds each. Weighted highest random weight: Thaler and
 * Ravishankar 1998, Schindelhauer and Schomaker 2005.
 *
 * @throws OptionsError with every wrong option
 */
export function rendezvous(options: RendezvousOptions = {}): BalancingPolicy {
  const reader = new OptionReader('rendezvous', options);
  const resolved = readAddressPrefix(reader);
  reader.finish();
  return rendezvousBy(resolved);
}

/** The policy, of options that were read already. */
export function rendezvousBy(options: ResolvedRendezvousOptions): BalancingPolicy {
  return {
    kind: 'rendezvous',
    build: (servers: readonly Server[]): Picker => new RendezvousPicker(servers, new AddressPrefix(options)),
  };
}

class RendezvousPicker implements Picker {
  readonly #servers: readonly Server[];
  readonly #prefix: AddressPrefix;
  readonly #weights: Float64Array;
  /** A hash of each server's name alone, in two words: neither its place in the list nor its address matters. */
  readonly #names0: Int32Array;
  readonly #names1: Int32Array;
  /** The least cost is below this 98 times of 100, which saves most logarithms. */
  readonly #usualCost: number;

  constructor(servers: readonly Server[], prefix: AddressPrefix) {
    this.#servers = servers;
    this.#prefix = prefix;
    this.#weights = Float64Array.from(servers, (server) => server.weight);
    this.#usualCost = 4 / this.#weights.reduce((sum, weight) => sum + weight, 0);
    const hashes = servers.map((server) => hashBytes(server.name, 0, 0));
    this.#names0 = Int32Array.from(hashes, (hash) => hash.first);
    this.#names1 = Int32Array.from(hashes, (hash) => hash.second);
  }

  /** Hot path. */
  pick(client: Client, tried: readonly Server[]): Server | undefined {
    const key = this.#prefix.of(client.address);
    const keyHash = hashWords(key.w0, key.w1, key.w2, key.w3, 0, 0);
    return this.#cheapest(keyHash, this.#usualCost, tried) ?? this.#cheapest(keyHash, Infinity, tried);
  }

  /** The server with the least cost below a limit, costs being exponentially distributed by weight. */
  #cheapest(keyHash: number, limit: number, tried: readonly Server[]): Server | undefined {
    const names0 = this.#names0;
    const names1 = this.#names1;
    const weights = this.#weights;
    let best: Server | undefined;
    let bestCost = limit;
    for (let index = 0; index < weights.length; index++) {
      const weight = weights[index] ?? 0;
      const point = meetingPoint(keyHash, names0[index] ?? 0, names1[index] ?? 0);
      // The cost is at least point / weight, so most servers need no logarithm.
      if (point >= bestCost * weight) continue;
      const cost = -Math.log1p(-point) / weight;
      const server = this.#servers[index];
      if (cost >= bestCost || server === undefined || !canTake(server, tried)) continue;
      best = server;
      bestCost = cost;
    }
    return best;
  }
}

/** Where, between 0 and 1, a key and a name meet: uniform, and independent for every pair. Hot path. */
function meetingPoint(keyHash: number, name0: number, name1: number): number {
  let hash = keyHash ^ name0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) ^ name1;
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (((hash ^ (hash >>> 16)) >>> 0) + 0.5) * 2 ** -32;
}
