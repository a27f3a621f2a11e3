import type { Client } from '../model/client.ts';
import type { Server } from '../model/server.ts';
import type { Random } from '../runtime/runtime.ts';
import type { BalancingPolicy, Picker } from './balancing-policy.ts';
import { canTake } from './can-take.ts';
import { firstThatCanTake, nextStillPresent } from './rotation.ts';
import { smoothSchedule } from './smooth-schedule.ts';

/** Longest round that is planned: exact for 256 servers of any weights, beyond that weights are rounded. */
const maxRound = 65_536;

/** A search walks one turn per server and this many more; then the first server that can take a session gets it. */
const extraWalk = 256;

/**
 * Servers in turn, as often as their weights say, evenly spread: weights 5, 1, 1 give A B A A C A A, not
 * A A A A A B C. A rebuild goes on where the rotation was.
 */
export function roundRobin(): BalancingPolicy {
  return {
    kind: 'roundRobin',
    build: (servers: readonly Server[], _random: Random, previous?: Picker): Picker =>
      new RoundRobinPicker(servers, previous),
  };
}

class RoundRobinPicker implements Picker {
  readonly #servers: readonly Server[];
  /** One round. A server is in it as often as its reduced weight says. */
  readonly #turns: readonly Server[];
  readonly #walkLimit: number;
  #next: number;
  /** Where the rotation goes on after the last look. */
  #after = 0;

  constructor(servers: readonly Server[], previous: Picker | undefined) {
    this.#servers = servers;
    const order = smoothSchedule(roundWeights(servers));
    this.#turns = Array.from(order, (index) => servers[index]).filter((server) => server !== undefined);
    this.#walkLimit = Math.min(this.#turns.length, servers.length + extraWalk);
    this.#next = previous instanceof RoundRobinPicker ? this.#resume(previous) : 0;
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
    let turn = this.#next;
    for (let walked = 0; walked < this.#walkLimit; walked++) {
      const server = this.#turns[turn];
      turn = turn + 1 === this.#turns.length ? 0 : turn + 1;
      if (server === undefined || !canTake(server, tried)) continue;
      this.#after = turn;
      return server;
    }
    this.#after = turn;
    return firstThatCanTake(this.#servers, turn, tried);
  }

  /** The turn that was next before: the same turn of the same server, or of the next server that is still there. */
  #resume(previous: RoundRobinPicker): number {
    const old = nextStillPresent(previous.#turns, previous.#next, this.#servers);
    const name = previous.#turns[old]?.name;
    if (name === undefined) return 0;
    const hadTurns = previous.#turns.slice(0, old).filter((server) => server.name === name).length;
    const oldTurns = previous.#turns.filter((server) => server.name === name).length;
    const positions = [...this.#turns.keys()].filter((position) => this.#turns[position]?.name === name);
    return positions[Math.floor((hadTurns * positions.length) / oldTurns)] ?? 0;
  }
}

/** The weights divided by what they have in common, and scaled down where a round would be too long. */
function roundWeights(servers: readonly Server[]): number[] {
  const whole = servers.map((server) => Math.max(1, Math.round(server.weight)));
  const divisor = whole.reduce(greatestCommonDivisor, 0);
  const total = whole.reduce((sum, weight) => sum + weight / divisor, 0);
  const scale = Math.min(1, maxRound / total) / divisor;
  return whole.map((weight) => Math.max(1, Math.round(weight * scale)));
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
