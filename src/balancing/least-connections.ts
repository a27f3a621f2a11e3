import type { Client } from '../model/client.ts';
import type { Server } from '../model/server.ts';
import type { Random } from '../runtime/runtime.ts';
import type { BalancingPolicy, Picker } from './balancing-policy.ts';
import { canTake } from './can-take.ts';
import { nextStillPresent } from './rotation.ts';

/**
 * The server with the fewest sessions for its weight, the new one counted: the least `(sessions + 1) /
 * weight`. A server without a session is the least whatever its weight, and equals take turns, so that an
 * almost idle pool does not always use its heaviest server; HAProxy's `leastconn` counts the same way.
 * Sessions that still connect count, so a burst spreads.
 *
 * A pick looks at every server, some 3 nanoseconds each, until it meets one without a session.
 */
export function leastConnections(): BalancingPolicy {
  return {
    kind: 'leastConnections',
    build: (servers: readonly Server[], _random: Random, previous?: Picker): Picker =>
      new LeastConnectionsPicker(servers, previous),
  };
}

class LeastConnectionsPicker implements Picker {
  readonly #servers: readonly Server[];
  /** All servers twice over, so that a search from any of them on needs not turn back at the end. */
  readonly #round: readonly Server[];
  readonly #weights: Float64Array;
  /** Where the search starts: the first of equals wins, so this is whose turn it is. */
  #next: number;

  constructor(servers: readonly Server[], previous: Picker | undefined) {
    this.#servers = servers;
    this.#round = [...servers, ...servers];
    this.#weights = Float64Array.from(this.#round, (server) => server.weight);
    this.#next = previous instanceof LeastConnectionsPicker ? this.#resume(previous) : 0;
  }

  /** Hot path. */
  pick(_client: Client, tried: readonly Server[]): Server | undefined {
    const round = this.#round;
    const weights = this.#weights;
    const count = this.#servers.length;
    const end = this.#next + count;
    let bestIndex = -1;
    let bestLoad = Infinity;
    let bestWeight = 1;
    for (let index = this.#next; index < end; index++) {
      const server = round[index];
      if (server === undefined) break;
      const { sessions } = server;
      if (sessions === 0) {
        if (!canTake(server, tried)) continue;
        bestIndex = index;
        break;
      }
      const weight = weights[index] ?? 0;
      // Products of whole numbers: equal loads are equal, which quotients would not always be.
      if ((sessions + 1) * bestWeight < bestLoad * weight && canTake(server, tried)) {
        bestIndex = index;
        bestLoad = sessions + 1;
        bestWeight = weight;
      }
    }
    if (bestIndex === -1) return undefined;
    this.#next = (bestIndex + 1) % count;
    return round[bestIndex];
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
