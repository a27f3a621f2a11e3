import type { Client } from '../model/client.ts';
import type { Server } from '../model/server.ts';
import type { Random } from '../runtime/runtime.ts';
import type { BalancingPolicy, Picker } from './balancing-policy.ts';
import { canTake } from './can-take.ts';
import { firstThatCanTake } from './rotation.ts';
import { DrawsAhead, WeightedDraw } from './weighted-draw.ts';

/** Draws before a pick takes what it has: the same server, or a full one, may be drawn again and again. */
const maxDraws = 8;

/**
 * Two servers are drawn at random in proportion to their weights. The one with fewer sessions for its weight gets the
 * client, or the first drawn if they are equal. Nearly as even as `leastConnections`, at a price that does not grow
 * with the number of servers. Balancers that know nothing of each other do not all choose the same server.
 */
export function twoChoices(): BalancingPolicy {
  return {
    kind: 'twoChoices',
    build: (servers: readonly Server[], random: Random): Picker => new TwoChoicesPicker(servers, random),
  };
}

class TwoChoicesPicker implements Picker {
  readonly #servers: readonly Server[];
  readonly #draws: DrawsAhead;
  readonly #maxDraws: number;
  /** Draws that the last look took. */
  #used = 0;

  constructor(servers: readonly Server[], random: Random) {
    this.#servers = servers;
    this.#maxDraws = servers.length === 1 ? 1 : maxDraws;
    const weights = servers.map((server) => server.weight);
    this.#draws = new DrawsAhead(new WeightedDraw(weights, random), maxDraws + 1);
  }

  /** Hot path. */
  pick(_client: Client, tried: readonly Server[]): Server | undefined {
    const server = this.#look(tried);
    this.#draws.drop(this.#used);
    return server;
  }

  peek(_client: Client, tried: readonly Server[]): Server | undefined {
    return this.#look(tried);
  }

  #look(tried: readonly Server[]): Server | undefined {
    this.#used = 0;
    if (this.#servers.length === 0) return undefined;
    let first: Server | undefined;
    while (this.#used < this.#maxDraws) {
      const server = this.#servers[this.#draws.at(this.#used++)];
      if (server === undefined || server === first || !canTake(server, tried)) continue;
      if (first !== undefined) return lessLoaded(first, server);
      first = server;
    }
    return first ?? firstThatCanTake(this.#servers, this.#draws.at(this.#used++), tried);
  }
}

function lessLoaded(first: Server, second: Server): Server {
  return second.sessions * first.weight < first.sessions * second.weight ? second : first;
}
