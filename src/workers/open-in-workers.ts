import type { BalancingSpec } from '../balancing/balancing-specs.ts';
import type { SharedSocketsOptions } from '../engine/linux/shared-sockets.ts';
import type { FactEmitter } from '../fact-emitter.ts';
import { leaseEngine, type EngineLease } from '../listener/engine-lease.ts';
import type { ResolvedServiceOptions } from '../listener/listener-options.ts';
import { goneMeanwhile, type OpenService } from '../listener/open-service.ts';
import type { Server } from '../model/server.ts';
import {
  sharePersistence,
  tellThreadLost,
  type SharedPersistence,
} from '../persistence/shared-persistence.ts';
import { openContext } from '../service/open-context.ts';
import type { ServiceContext } from '../service/service-context.ts';
import type { CloseReason, ServiceEvents } from '../service/service-events.ts';
import type { ServiceStats } from '../service/service-stats.ts';
import type { LeadingPool } from './leading-pool.ts';
import type { Cargo, Request, ServiceOrder, ServiceReport } from './messages.ts';
import { ServiceSockets } from './service-sockets.ts';
import { ServiceThreads } from './service-threads.ts';
import type { ServiceInWorkers, Workers } from './workers.ts';
import { diedMeanwhile, endMs, type WorkerThread } from './worker-thread.ts';

/** What a service needs to run in workers. */
export interface Placement {
  readonly workers: Workers;
  readonly leading: LeadingPool;
  /** How every worker balances. */
  readonly balance: BalancingSpec | undefined;
}

/** A service that is opened in workers, and where its facts and counters go. */
export interface PlacedService {
  readonly options: ResolvedServiceOptions;
  readonly cargo: Cargo;
  readonly placement: Placement;
  readonly facts: FactEmitter<ServiceEvents>;
  readonly stats: ServiceStats;
}

/**
 * One run of a service in all workers, from bind to dispose. Owns a socket for each worker, which works on a
 * duplicate of it: whoever takes the place of a dead one finds the clients that came meanwhile in its backlog.
 *
 * The sockets go on to the run that takes over, and so does each worker's duplicate.
 */
export class OpenInWorkers implements OpenService, ServiceInWorkers {
  readonly id: number;
  readonly context: ServiceContext;
  readonly #placed: PlacedService;
  readonly #sockets: ServiceSockets;
  /** The number of the run whose sockets this one is to have. */
  #predecessor: number | undefined;
  readonly #lease: EngineLease;
  readonly #persistence: SharedPersistence;
  readonly #threads: ServiceThreads;
  /** It is opened in no other thread. */
  #isClosing = false;

  private constructor(
    placed: PlacedService,
    lease: EngineLease,
    sockets: ServiceSockets,
    predecessor: number | undefined,
  ) {
    const { options, placement, facts, stats } = placed;
    this.id = placement.workers.nextService();
    this.#threads = new ServiceThreads(this.id);
    this.#placed = placed;
    this.#lease = lease;
    this.#sockets = sockets;
    this.#predecessor = predecessor;
    this.#persistence = sharePersistence(options.persistence);
    this.context = openContext({
      options,
      bound: sockets,
      engine: lease.engine,
      quickAck: false,
      facts,
      stats,
      sessionEnded: () => undefined,
      abortServer: (server) => {
        this.abort('server-down', server);
      },
    });
  }

  /**
   * @param predecessor whose sockets `takeOver` is to move here; without one, a port is bound
   * @throws SluiceError as `Engine.listen`, or where a worker cannot open it; nothing is left open
   */
  static async open(placed: PlacedService, predecessor?: OpenService): Promise<OpenInWorkers> {
    const { options, placement } = placed;
    const { workers } = placement;
    const lease = leaseEngine(options.engine, options.runtime);
    const workersReady = workers.acquire();
    const previous = predecessor instanceof OpenInWorkers ? predecessor : undefined;
    let sockets: ServiceSockets | undefined = undefined;
    let open: OpenInWorkers | undefined = undefined;
    try {
      const theirs = previous === undefined ? undefined : previous.#sockets;
      sockets = new ServiceSockets(whereToBind(placed), theirs);
      await workersReady;
      open = new OpenInWorkers(placed, lease, sockets, sockets.isOpen ? undefined : previous?.id);
      await open.#openInAll();
      return open;
    } catch (error) {
      sockets?.detach()?.close();
      if (open === undefined) await Promise.all([lease.release(), workers.release()]);
      else await open.dispose();
      throw error;
    }
  }

  /** A worker that took the place of another since has a duplicate of its own already. */
  async takeOver(): Promise<void> {
    if (!this.#sockets.takeOver()) throw goneMeanwhile(this.context.service);
    this.#predecessor = undefined;
    await this.#threads.say('takeOver');
  }

  async unbind(): Promise<void> {
    const sockets = this.#sockets.detach();
    await this.#threads.say('unbind');
    sockets?.close();
  }

  async rebind(): Promise<void> {
    this.#sockets.rebind();
    const rebindIn = (thread: WorkerThread): Request => {
      return { kind: 'rebind', service: this.id, descriptor: this.#descriptorFor(thread) };
    };
    await this.#threads.ask(rebindIn);
    await Promise.all(this.#placed.placement.workers.threads.map((thread) => this.openIn(thread)));
  }

  /** A worker may take another's place while the service starts: it is opened once in each all the same. */
  openIn(thread: WorkerThread): Promise<void> {
    if (this.#isClosing || this.#descriptorFor(thread) < 0) return Promise.resolve();
    return this.#threads.openIn(thread, () => this.#openIn(thread));
  }

  async #openIn(thread: WorkerThread): Promise<void> {
    const isOpen = await thread.request({ kind: 'open', order: this.#orderFor(thread) });
    if (!isOpen) throw diedMeanwhile(thread.row);
    // What changed while it was opened.
    await this.#sendServers(thread);
  }

  onReport(thread: WorkerThread, report: ServiceReport): void {
    if (report.kind === 'roomLeft') this.#offerConnection(thread);
    else if (report.kind === 'returned') this.#onReturn(report.server, report.client);
    else this.#onServerReport(report.kind, report.server);
  }

  onWorkerLost(row: number): number {
    this.#threads.lost(row);
    const lost = this.#placed.placement.leading.clearRow(row);
    tellThreadLost(this.#placed.options.persistence, row);
    for (const server of this.context.pool.servers) this.context.pool.released(server);
    this.#threads.send({ kind: 'room', service: this.id });
    return lost;
  }

  /** The sockets stay open until no worker has a duplicate: the port is free then. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const sockets = this.#sockets.detach();
    await this.#threads.say('close');
    sockets?.close();
  }

  async drain(keepsIdle: boolean): Promise<void> {
    await this.#threads.ask(() => ({ kind: 'drain', service: this.id, keepsIdle }));
  }

  /** How many it will be is what the counters say before any worker is told. */
  abort(reason: CloseReason, server?: Server): number {
    const { stats } = this.#placed.placement.leading.counters;
    const sessions = server === undefined ? stats.sessions : server.sessions;
    const which = server === undefined ? {} : { server: server.name };
    this.#threads.send({ kind: 'abort', service: this.id, reason, ...which });
    if (server === undefined) for (const thread of this.#threads) void this.#expectEnd(thread);
    return sessions;
  }

  /** Brings the counters up to what the workers have told; they are asked for the bytes of running sessions. */
  updateCounters(): void {
    this.#placed.placement.leading.counters.copyInto(this.#placed.stats);
    this.#threads.send({ kind: 'count', service: this.id });
  }

  async dispose(): Promise<void> {
    const { workers, leading } = this.#placed.placement;
    this.#isClosing = true;
    leading.onChange = undefined;
    await this.#threads.say('dispose');
    workers.remove(this);
    this.#sockets.detach()?.close();
    this.context.pool.detach();
    leading.counters.copyInto(this.#placed.stats);
    await Promise.all([this.#lease.release(), workers.release()]);
  }

  async #openInAll(): Promise<void> {
    const { workers, leading } = this.#placed.placement;
    leading.onChange = () => Promise.all([...this.#threads].map((thread) => this.#sendServers(thread)));
    workers.add(this);
    await Promise.all(workers.threads.map((thread) => this.openIn(thread)));
  }

  /** @returns -1 where there is none */
  #descriptorFor({ row }: WorkerThread): number {
    return this.#sockets.descriptorOf(row) ?? -1;
  }

  #orderFor(thread: WorkerThread): ServiceOrder {
    const { options, cargo, placement } = this.#placed;
    const { pool } = options;
    return {
      service: this.id,
      name: options.name,
      host: this.#sockets.host,
      port: this.#sockets.port,
      descriptor: this.#descriptorFor(thread),
      predecessor: this.#predecessor,
      cargo,
      balance: placement.balance,
      maxQueued: pool.options.maxQueued,
      queueTimeoutMs: pool.options.queueTimeoutMs,
      persistence: this.#persistence,
      servers: placement.leading.describe(pool),
      memory: placement.leading.counters.memory,
    };
  }

  async #sendServers(thread: WorkerThread): Promise<void> {
    const { options, placement } = this.#placed;
    const servers = placement.leading.describe(options.pool);
    try {
      await thread.request({ kind: 'servers', service: this.id, servers });
    } catch (error) {
      options.runtime.log('error', `worker ${thread.row} does not follow: ${String(error)}`);
    }
  }

  #onServerReport(kind: 'connected' | 'connectFailed' | 'released', name: string): void {
    const { pool } = this.context;
    const server = pool.get(name);
    // Workers may tell of servers that are not in the pool any more.
    if (server === undefined) return;
    pool[kind](server);
    if (kind === 'released') this.#offerServer(name);
  }

  #onReturn(name: string, client: string): void {
    const { pool } = this.context;
    const server = pool.get(name);
    if (server !== undefined) pool.returned(server, client);
  }

  /** A place on a server is free: to those who wait, in whatever worker. */
  #offerServer(server: string): void {
    const { counters } = this.#placed.placement.leading;
    for (const thread of this.#threads) {
      if (counters.queuedIn(thread.row) > 0) thread.send({ kind: 'room', service: this.id, server });
    }
  }

  #offerConnection(from: WorkerThread): void {
    const { counters } = this.#placed.placement.leading;
    for (const thread of this.#threads) {
      if (thread !== from && counters.isHeldIn(thread.row)) thread.send({ kind: 'room', service: this.id });
    }
  }

  /** Everything was cut: a worker that does not say soon that nothing is left never will. */
  async #expectEnd(thread: WorkerThread): Promise<void> {
    using _limit = this.context.runtime.clock.schedule(endMs, () => void thread.terminate());
    await thread.request({ kind: 'drain', service: this.id, keepsIdle: false });
  }
}

function whereToBind({ options, placement, cargo }: PlacedService): SharedSocketsOptions {
  const { host, port } = options;
  const backlog = cargo.protocol === 'TCP' ? { backlog: cargo.carriage.backlog } : {};
  return { protocol: cargo.protocol, host, port, count: placement.workers.count, ...backlog };
}
