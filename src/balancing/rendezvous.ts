import type { Client } from '../model/client.ts';
import type { Server } from '../model/server.ts';
import { OptionReader } from '../base/options.ts';
import {
  AddressPrefix,
  readAddressPrefix,
  type AddressPrefixOptions,
  type ResolvedAddressPrefixOptions,
} from '../model/address-prefix.ts';
import { hashBytes, hashWords } from '../base/half-sip-hash.ts';
import type { BalancingPolicy, Picker } from './balancing-policy.ts';
import { canTake } from './can-take.ts';

/** How much of a client's address counts. */
export type RendezvousOptions = AddressPrefixOptions;
/** {@link RendezvousOptions}, complete. */
export type ResolvedRendezvousOptions = ResolvedAddressPrefixOptions;

/**
 * A server by the client's address, without remembering anything: the same client goes to the same server, in every
 * process that has the same servers by name and weight. When a server goes, only its clients move. When one comes, it
 * takes its share from all others alike. A full server's clients go to their next choice.
 *
 * Clients fall into 2^18 groups by a hash of their address, and a group has one server. The first pick of a group
 * looks at every server; the next ones look the choice up. So many groups make shares exact to 2 % (one standard
 * deviation) for a server of 100, and to 20 % for one of 10,000.
 *
 * Weighted highest random weight: Thaler and Ravishankar 1998, Schindelhauer and Schomaker 2005; groups as the
 * placement groups of Ceph.
 *
 * @throws OptionsError with every wrong option
 */
export function rendezvous(options: RendezvousOptions = {}): BalancingPolicy {
  const reader = new OptionReader('rendezvous', options);
  const resolved = readAddressPrefix(reader);
  reader.finish();
  return rendezvousBy(resolved);
}

/** The policy, from options that were already read. */
export function rendezvousBy(options: ResolvedRendezvousOptions): BalancingPolicy {
  return {
    kind: 'rendezvous',
    build: (servers: readonly Server[]): Picker => new RendezvousPicker(servers, new AddressPrefix(options)),
  };
}

/** A constant: with another number of groups, clients would move. */
const groupBits = 18;
/** Choices are kept in 16 bits, where 0 is none yet: choices of servers beyond this are made each time. */
const maxKeptChoice = 0xffff;

class RendezvousPicker implements Picker {
  readonly #servers: readonly Server[];
  readonly #prefix: AddressPrefix;
  readonly #weights: Float64Array;
  /** Two words a server: a hash of its name. Its place in the list and its address do not matter. */
  readonly #names: Int32Array;
  /** The server that a group chooses where all have room: its index plus 1, or 0 until somebody asks. */
  readonly #choices: Uint16Array;

  constructor(servers: readonly Server[], prefix: AddressPrefix) {
    this.#servers = servers;
    this.#prefix = prefix;
    this.#weights = Float64Array.from(servers, (server) => server.weight);
    this.#names = Int32Array.from(servers.flatMap(({ name }) => wordsOf(name)));
    this.#choices = new Uint16Array(servers.length === 0 ? 0 : 1 << groupBits);
  }

  /** Hot path. */
  pick(client: Client, tried: readonly Server[]): Server | undefined {
    const address = this.#prefix.of(client.address);
    const group = hashWords(address.w0, address.w1, address.w2, address.w3, 0, 0) >>> (32 - groupBits);
    const kept = this.#choices[group] ?? 0;
    const server = this.#servers[(kept === 0 ? this.#choose(group) : kept) - 1];
    if (server === undefined || canTake(server, tried)) return server;
    return this.#servers[this.#cheapest(group, tried)];
  }

  /** A pick moves nothing: what it keeps is what every later one would find. */
  peek(client: Client, tried: readonly Server[]): Server | undefined {
    return this.pick(client, tried);
  }

  #choose(group: number): number {
    const choice = this.#cheapest(group) + 1;
    if (choice <= maxKeptChoice) this.#choices[group] = choice;
    return choice;
  }

  /**
   * The index of the server with the least cost, or -1. Costs are exponentially distributed by weight.
   *
   * @param tried given where the server must be able to take a session
   */
  #cheapest(group: number, tried?: readonly Server[]): number {
    const names = this.#names;
    const key = hashWords(group, 0, 0, 0, 0, 0);
    let best = -1;
    let bestCost = Infinity;
    for (let index = 0; index < this.#servers.length; index++) {
      const server = this.#servers[index];
      const weight = this.#weights[index] ?? 0;
      const point = pointOf(key, names[2 * index] ?? 0, names[2 * index + 1] ?? 0);
      // The cost is at least point / weight, so most need no logarithm.
      if (server === undefined || point >= bestCost * weight) continue;
      const cost = -Math.log1p(-point) / weight;
      if (cost >= bestCost || (tried !== undefined && !canTake(server, tried))) continue;
      best = index;
      bestCost = cost;
    }
    return best;
  }
}

/** Where a group and a name meet: uniform between 0 and 1, independent for every pair. */
function pointOf(key: number, name0: number, name1: number): number {
  let hash = key ^ name0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) ^ name1;
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (((hash ^ (hash >>> 16)) >>> 0) + 0.5) * 2 ** -32;
}

function wordsOf(name: string): [number, number] {
  const { first, second } = hashBytes(name, 0, 0);
  return [first, second];
}
