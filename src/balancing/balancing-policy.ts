import type { Client, ClientFact } from '../model/client.ts';
import type { Server } from '../model/server.ts';
import type { Random } from '../runtime/runtime.ts';

/**
 * How new clients are shared among servers. Pure: no sockets, no time, randomness is passed in.
 *
 * A policy is a factory. Whenever a weight or the set of servers that admit new clients changes, the pool builds a
 * new picker and swaps it in. The hot path only reads it.
 */
export interface BalancingPolicy {
  /** A stable name: `roundRobin`, `leastConnections`, … */
  readonly kind: string;
  /**
   * What its pickers read of a client beyond its address, such as `['header:x-site']`. A service whose mode does not
   * know all of that refuses the policy. @default nothing
   */
  readonly needs?: readonly ClientFact[];
  /**
   * Builds the picker of one generation.
   *
   * @param servers those that admit new clients, each with weight ≥ 1; may be empty
   * @param random uniform numbers for policies that want them
   * @param previous the picker of the generation before, so that a rotation goes on where it was
   */
  build(servers: readonly Server[], random: Random, previous?: Picker): Picker;
}

/** Chooses among the servers of one generation. */
export interface Picker {
  /**
   * The server for a new client, or undefined where none is left. Hot path: allocates nothing.
   *
   * Passes over servers that are full (`sessions >= maxSessions`) and those in `tried`, without asking the
   * caller again: the order of failover is part of the policy. Does not count the session; the lease does.
   *
   * @param tried servers that this session could not reach, usually none
   */
  pick(client: Client, tried: readonly Server[]): Server | undefined;
  /**
   * What `pick` would return now, for `explain()`. Changes nothing that the next `pick` depends on. Without it, an
   * explanation names a server only where a single one is left.
   */
  peek?(client: Client, tried: readonly Server[]): Server | undefined;
}
