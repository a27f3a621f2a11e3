import { Lease } from '../../src/pool/lease.ts';
import { numberedClient } from './policies.ts';
import { TestService, type TestServiceOptions } from './test-service.ts';

/** Is the server of that number reached at that time? */
export type Reachable = (serverIndex: number, nowMs: number) => boolean;

/**
 * Clients that come one after the other to servers which go and come by a script. Each tries servers until one is
 * reached, and leaves it at once; checks see what clients see.
 */
export class ClientsInTurn {
  readonly #service: TestService;
  readonly #reachable: Reachable;

  constructor(
    serverCount: number,
    reachable: Reachable,
    options: Pick<TestServiceOptions, 'check' | 'pool' | 'random'> = {},
  ) {
    const servers = Array.from({ length: serverCount }, (_, index) => ({
      name: `s${index}`,
      host: '192.0.2.1',
    }));
    this.#service = new TestService({ servers, ...options });
    this.#reachable = reachable;
  }

  /** @returns how many clients reached nobody though somebody was there, and whether anybody was ejected */
  async run(forMs: number, everyMs: number): Promise<{ refused: number; wasEjected: boolean }> {
    const { clock, facts, pool } = this.#service;
    let wasEjected = false;
    facts.on('serverEjected', () => (wasEjected = true));
    let refused = 0;
    for (let client = 0; clock.nowMs() < forMs; client++) {
      for (const [index, { name }] of pool.servers.entries()) {
        this.#service.find(name, this.#reachable(index, clock.nowMs()) ? 'up' : 'down');
      }
      const isThere = pool.servers.some(({ name, health }) => this.#isReached(name) && health !== 'down');
      if (!this.#connect(client) && isThere) refused++;
      await clock.advance(everyMs);
    }
    this.#service.close();
    return { refused, wasEjected };
  }

  #connect(client: number): boolean {
    const { selector } = this.#service;
    const lease = new Lease();
    let isReached = false;
    while (!isReached && selector.select(numberedClient(client), lease, true) === 'selected') {
      isReached = this.#isReached(lease.server?.name ?? '');
      if (isReached) selector.connected(lease);
      else selector.connectFailed(numberedClient(client), lease);
    }
    selector.release(lease);
    return isReached;
  }

  #isReached(name: string): boolean {
    return this.#reachable(Number(name.slice(1)), this.#service.clock.nowMs());
  }
}
