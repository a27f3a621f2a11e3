import type { Client } from '../model/client.ts';
import type { Server } from '../model/server.ts';
import type { Random } from '../runtime/runtime.ts';
import type { BalancingPolicy, Picker } from './balancing-policy.ts';
import { canTake } from './can-take.ts';
import { nextStillPresent } from './rotation.ts';

/**
 * The server with the fewest sessions for its weight, the new one counted: the least `(sessions + 1) / weight`. A
 * server without a session comes first whatever its weight, and equals take turns: an almost idle pool does not
 * always use its heaviest server. HAProxy's `leastconn` counts the same way. Sessions that still connect count, so a
 * burst spreads.
 *
 * A pick looks at every server, some 2 nanoseconds each, until it meets one without a session.
 */
export function leastConnections(): BalancingPolicy {
  return {
    kind: 'leastConnections',
    build: (servers: readonly Server[], _random: Random, previous?: Picker): Picker =>
      new LeastConnectionsPicker(servers, previous),
  };
}

/**
 * Loads are quotients here, and equal ones may differ in their last bits. Unequal ones differ by more than this part
 * of them while there are fewer than 2^35 sessions: weights are 256 at most.
 */
const clearlyLess = 1 - 2 ** -44;

/** Servers that a search looks at in one go. */
const stride = 4;

class LeastConnectionsPicker implements Picker {
  readonly #servers: readonly Server[];
  /** All servers twice and a few more, so that a search can start at any of them and never turns back. */
  readonly #round: readonly Server[];
  /** What one session adds to the load of each. */
  readonly #shares: readonly number[];
  /** Where the search starts: the first of equals wins, so this is whose turn it is. */
  #next: number;
  /** Whose turn it is after the last look. */
  #after = 0;

  constructor(servers: readonly Server[], previous: Picker | undefined) {
    this.#servers = servers;
    const spare = [...servers, ...servers, ...servers].slice(0, stride - 1);
    this.#round = [...servers, ...servers, ...spare];
    this.#shares = this.#round.map((server) => 1 / server.weight);
    this.#next = previous instanceof LeastConnectionsPicker ? this.#resume(previous) : 0;
  }

  /** Hot path. */
  pick(_client: Client, tried: readonly Server[]): Server | undefined {
    const server = this.#look(tried);
    this.#next = this.#after;
    return server;
  }

  peek(_client: Client, tried: readonly Server[]): Server | undefined {
    return this.#look(tried);
  }

  #look(tried: readonly Server[]): Server | undefined {
    const count = this.#servers.length;
    const end = this.#next + count;
    let best: Server | undefined;
    let turn = this.#next;
    let limit = Infinity;
    for (let at = this.#next; at < end; at = this.#firstBelow(limit, at + 1, end)) {
      const server = this.#round[at];
      if (server === undefined || !canTake(server, tried)) continue;
      best = server;
      turn = at + 1;
      if (server.sessions === 0) break;
      limit = (server.sessions + 1) * (this.#shares[at] ?? 0) * clearlyLess;
    }
    this.#after = turn < count ? turn : turn - count;
    return best;
  }

  /**
   * The first place, at `from` or later, whose server has no session, or a load below the limit with one more. Where
   * there is none, it is `end` or later. A round of the loop looks at four servers and calls nothing: after a round
   * or a call V8 checks both lists again, which takes as long as looking at a server. Servers beyond the end were
   * looked at before.
   */
  #firstBelow(limit: number, from: number, end: number): number {
    const round = this.#round;
    const shares = this.#shares;
    let at = from;
    for (; at < end; at += stride) {
      if (isBelow(limit, round[at], shares[at])) return at;
      if (isBelow(limit, round[at + 1], shares[at + 1])) return at + 1;
      if (isBelow(limit, round[at + 2], shares[at + 2])) return at + 2;
      if (isBelow(limit, round[at + 3], shares[at + 3])) return at + 3;
    }
    return at;
  }

  #resume(previous: LeastConnectionsPicker): number {
    const old = nextStillPresent(previous.#servers, previous.#next, this.#servers);
    const name = previous.#servers[old]?.name;
    return Math.max(
      0,
      this.#servers.findIndex((server) => server.name === name),
    );
  }
}

/** Has a server no session, or a load below the limit with one more? Hot path. */
function isBelow(limit: number, server: Server | undefined, share: number | undefined): boolean {
  if (server === undefined || share === undefined) return false;
  const { sessions } = server;
  return sessions === 0 || (sessions + 1) * share < limit;
}
