import { Pool } from '../../pool/pool.ts';
import type { PoolSharing } from '../../pool/pool-sharing.ts';
import type { Server, ServerOptions } from '../../model/server.ts';
import type { Random } from '../../runtime/runtime.ts';
import type { MainLink } from './main-link.ts';
import type { SharedServerState, RunOrder } from './messages.ts';
import type { SharedCounters } from './shared-counters.ts';
import { asServer, SharedServer } from './shared-server.ts';

/**
 * The pool of one listener in a worker: a copy of the main thread's pool. Only the main thread checks servers and
 * takes orders, and it is told what clients find out about servers here.
 */
export class FollowingPool implements PoolSharing {
  readonly pool: Pool;
  readonly #run: number;
  readonly #link: MainLink;
  readonly #counters: SharedCounters;
  readonly #row: number;
  /** By name, the memory for the counters of servers that are about to be made. */
  #memory: ReadonlyMap<string, SharedArrayBuffer> = new Map();
  /** How much of a turn those who wait elsewhere are owed. */
  #owed = 0;

  constructor(order: RunOrder, counters: SharedCounters, row: number, link: MainLink, random: Random) {
    const { run, balance, maxQueued, queueTimeoutMs } = order;
    this.#run = run;
    this.#link = link;
    this.#counters = counters;
    this.#row = row;
    const rest = balance === undefined ? {} : { balance };
    const options = { servers: [], maxQueued, queueTimeoutMs, passiveHealth: false, ...rest } as const;
    this.pool = new Pool(options, random, this);
    this.follow(order.servers);
  }

  /** Makes the servers what they are in the main thread. */
  follow(servers: readonly SharedServerState[]): void {
    this.#memory = new Map(servers.map(({ options, memory }) => [options.name, memory]));
    this.pool.follow(servers);
  }

  /** A place that another thread had may be free, on one server or on any. */
  offer(name: string | undefined): void {
    const server = this.pool.get(name);
    if (server !== undefined) this.pool.offer(server);
    else if (name === undefined) this.pool.queue.offerAll();
  }

  makeServer(options: ServerOptions): Server {
    const memory = this.#memory.get(options.name);
    if (memory === undefined) throw new TypeError(`no counters for server '${options.name}'`);
    return asServer(new SharedServer(options, memory, this.#counters.rows, this.#row));
  }

  get queued(): number {
    return this.#counters.queued;
  }

  queueChanged(size: number): void {
    const hasGrown = size > this.#counters.queuedIn(this.#row);
    this.#counters.setQueued(size);
    // Another thread that freed a place just before has not seen yet that somebody here waits.
    if (hasGrown) {
      queueMicrotask(() => {
        const hasRoom = ({ sessions, maxSessions }: Server): boolean => sessions < maxSessions;
        if (this.pool.servers.some(hasRoom)) this.pool.queue.offerAll();
      });
    }
  }

  availabilityChanged(): void {
    // The main thread knows before this one does.
  }

  inForce(): Promise<void> {
    return Promise.resolve();
  }

  released(server: Server): 'here' | 'elsewhere' {
    const isElsewhere = this.#isTurnElsewhere();
    // Somebody may also wait for the end of a drain.
    const isDrained = server.adminState !== 'online' && server.sessions === 0;
    if (isElsewhere || isDrained) this.#tell('released', server);
    return isElsewhere ? 'elsewhere' : 'here';
  }

  connected(server: Server): void {
    // Told only where it is news, such as the first after a failure.
    if (isNews(server, false)) this.#tell('connected', server);
  }

  connectFailed(server: Server): void {
    isNews(server, true);
    this.#tell('connectFailed', server);
  }

  returned(server: Server, client: string): void {
    this.#link.send({ kind: 'returned', run: this.#run, server: server.name, client });
  }

  /** Turns are shared out by how many wait: otherwise those of a busy thread would always be first. */
  #isTurnElsewhere(): boolean {
    const { queued } = this.#counters;
    const here = queued === 0 ? 0 : this.#counters.queuedIn(this.#row);
    if (queued === here) return false;
    this.#owed += (queued - here) / queued;
    if (this.#owed < 1) return false;
    this.#owed -= 1;
    return true;
  }

  #tell(kind: 'connected' | 'connectFailed' | 'released', server: Server): void {
    this.#link.send({ kind, run: this.#run, server: server.name });
  }
}

/** Notes how a connect ended. @returns whether the one before, in any thread, ended differently */
function isNews(server: Server, hasFailed: boolean): boolean {
  return server instanceof SharedServer && server.noteConnect(hasFailed);
}
