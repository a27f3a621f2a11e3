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
 * A pick looks at every server, some 4 nanoseconds each. Weighted highest random weight: Thaler and
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

const wordsPerServer = 3;

/** With it turned, signed words are in the order of unsigned ones: the processor compares them sooner. */
const signBit = 1 << 31;

class RendezvousPicker implements Picker {
  readonly #servers: readonly Server[];
  readonly #prefix: AddressPrefix;
  readonly #weights: Float64Array;
  /** The least cost is below this 95 times of 100, which saves most logarithms. */
  readonly #usualCost: number;
  /**
   * Three words a server: a hash of its name alone, in two, so that neither its place in the list nor its
   * address matters; and the highest mix whose cost may be below the usual one.
   */
  readonly #usual: Int32Array;
  /** The same with limits that every mix is below. */
  readonly #all: Int32Array;

  constructor(servers: readonly Server[], prefix: AddressPrefix) {
    this.#servers = servers;
    this.#prefix = prefix;
    this.#weights = Float64Array.from(servers, (server) => server.weight);
    this.#usualCost = 3 / this.#weights.reduce((sum, weight) => sum + weight, 0);
    this.#usual = searchWords(servers, this.#usualCost);
    this.#all = searchWords(servers, Infinity);
  }

  /** Hot path. */
  pick(client: Client, tried: readonly Server[]): Server | undefined {
    const key = this.#prefix.of(client.address);
    const keyHash = hashWords(key.w0, key.w1, key.w2, key.w3, 0, 0);
    return (
      this.#cheapest(keyHash, this.#usual, this.#usualCost, tried) ??
      this.#cheapest(keyHash, this.#all, Infinity, tried)
    );
  }

  /** The server with the least cost below a limit, costs being exponentially distributed by weight. */
  #cheapest(
    keyHash: number,
    words: Int32Array,
    maxCost: number,
    tried: readonly Server[],
  ): Server | undefined {
    const key = keyHash ^ (keyHash >>> 16);
    let best: Server | undefined;
    let bestCost = maxCost;
    for (let at = 0; at < words.length; at += wordsPerServer) {
      const mixed = mix(key, words[at] ?? 0, words[at + 1] ?? 0);
      if (mixed > (words[at + 2] ?? 0)) continue;
      const index = at / wordsPerServer;
      const server = this.#servers[index];
      const weight = this.#weights[index] ?? 0;
      const point = pointOf(mixed);
      // The cost is at least point / weight, so many need no logarithm.
      if (server === undefined || point >= bestCost * weight) continue;
      const cost = -Math.log1p(-point) / weight;
      if (cost >= bestCost || !canTake(server, tried)) continue;
      best = server;
      bestCost = cost;
    }
    return best;
  }
}

/**
 * Where a key and a name meet: independent for every pair, and in the order of their points, but for the last
 * step of the hash, which changes the lower half of the bits alone. Of the key and the first word,
 * `x ^ (x >>> 16)` is given. Hot path.
 */
function mix(key: number, name0: number, name1: number): number {
  const hash = Math.imul(key ^ name0, 0x85ebca6b) ^ name1;
  return Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) ^ signBit;
}

/** The point, uniform between 0 and 1, of such a mix. Hot path. */
function pointOf(mixed: number): number {
  const hash = mixed ^ signBit;
  return (((hash ^ (hash >>> 16)) >>> 0) + 0.5) * 2 ** -32;
}

/** What a search for a cost reads of each server. */
function searchWords(servers: readonly Server[], cost: number): Int32Array {
  const words = servers.flatMap(({ name, weight }) => {
    const { first, second } = hashBytes(name, 0, 0);
    return [first ^ (first >>> 16), second, limitOf(Math.min(cost * weight, 1))];
  });
  return Int32Array.from(words);
}

/** The highest mix whose point may be below that one. */
function limitOf(point: number): number {
  return (Math.min(point * 2 ** 32, 2 ** 32 - 1) | 0xffff) ^ signBit;
}
