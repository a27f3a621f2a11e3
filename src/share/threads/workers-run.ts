/* eslint max-lines: ['error', { max: 265, skipBlankLines: true, skipComments: true }] -- A run owns its sockets and the part of each worker from bind to dispose. */
import type { BalancingSpec } from '../../balancing/balancing-specs.ts';
import type { SharedSocketsOptions } from '../../engine/linux/shared-sockets.ts';
import type { FactEmitter } from '../../facts/fact-emitter.ts';
import { leaseEngine, type EngineLease } from '../../engine/engine-lease.ts';
import { goneMeanwhile, type OpenRun, type Run } from '../../run/run.ts';
import type { Server } from '../../model/server.ts';
import type { Holder } from '../../pool/entry-renewal.ts';
import {
  sharePersistence,
  tellThreadLost,
  type SharedPersistence,
} from '../../persistence/shared-persistence.ts';
import { openContext } from '../../run/open-context.ts';
import type { PathContext } from '../../path/path-context.ts';
import type { SessionOverview } from '../../path/session-overview.ts';
import type { CloseReason, ServiceEvents } from '../../facts/service-events.ts';
import type { TrafficCounters } from '../../path/traffic-counters.ts';
import type { LeadingPool } from './leading-pool.ts';
import type { Request, RunOrder, RunReport } from './messages.ts';
import { RunSockets } from './run-sockets.ts';
import { RunThreads } from './run-threads.ts';
import type { RunInWorkers, Workers } from './workers.ts';
import { diedMeanwhile, endMs, type WorkerThread } from './worker-thread.ts';
import { modeOf, type ResolvedMode } from '../../config/modes.ts';
import type { ResolvedListenerOptions } from '../../config/resolved-options.ts';

/** What leads the runs of one listener in the workers. */
export interface Leader {
  readonly workers: Workers;
  readonly pool: LeadingPool;
  /** How every worker balances. */
  readonly balance: BalancingSpec | undefined;
}

/** What a run in workers is made from. */
export interface WorkersRunParts {
  readonly options: ResolvedListenerOptions;
  readonly leader: Leader;
  readonly facts: FactEmitter<ServiceEvents>;
  readonly counters: TrafficCounters;
}

/**
 * One run of a listener in all workers, from bind to dispose. Owns a socket for each worker; the worker has a
 * duplicate of it. The successor of a dead worker finds the clients that came meanwhile in the backlog.
 *
 * The sockets go on to the run that takes over, and so does each worker's duplicate.
 */
export class WorkersRun implements Run, RunInWorkers {
  readonly id: number;
  readonly context: PathContext;
  readonly #parts: WorkersRunParts;
  readonly #sockets: RunSockets;
  /** The number of the run whose sockets this one will take over. */
  #predecessor: number | undefined;
  readonly #lease: EngineLease;
  readonly #persistence: SharedPersistence;
  readonly #threads: RunThreads;
  /** No other thread opens it from now on. */
  #isClosing = false;
  /** Resolves when the port of a run that closes is free. */
  #closed: Promise<void> = Promise.resolve();

  private constructor(
    parts: WorkersRunParts,
    lease: EngineLease,
    sockets: RunSockets,
    predecessor: number | undefined,
  ) {
    const { options, leader, facts, counters } = parts;
    this.id = leader.workers.nextRun();
    this.#threads = new RunThreads(this.id);
    this.#parts = parts;
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
      counters,
      sessionEnded: () => undefined,
      abortServer: (server) => {
        this.abort('server-down', server);
      },
    });
  }

  /**
   * @param predecessor whose sockets `takeOver` moves here; without one, a port is bound
   * @throws SluiceError as `Engine.listen`, or where a worker cannot open it; nothing is left open
   */
  static async open(parts: WorkersRunParts, predecessor?: Run): Promise<WorkersRun> {
    const { options, leader } = parts;
    const { workers } = leader;
    const lease = leaseEngine(options.engine, options.runtime);
    const workersReady = workers.acquire();
    const previous = predecessor instanceof WorkersRun ? predecessor : undefined;
    let sockets: RunSockets | undefined = undefined;
    let open: WorkersRun | undefined = undefined;
    try {
      const theirs = previous === undefined ? undefined : previous.#sockets;
      sockets = new RunSockets(whereToBind(parts), theirs);
      await workersReady;
      open = new WorkersRun(parts, lease, sockets, sockets.isOpen ? undefined : previous?.id);
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
    await this.#closed;
  }

  async rebind(): Promise<void> {
    this.#sockets.rebind();
    const rebindIn = (thread: WorkerThread): Request => {
      return { kind: 'rebind', run: this.id, descriptor: this.#descriptorFor(thread) };
    };
    await this.#threads.ask(rebindIn);
    await Promise.all(this.#parts.leader.workers.threads.map((thread) => this.openIn(thread)));
  }

  /** A worker may take another's place while the run starts: it is opened once in each all the same. */
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

  onReport(thread: WorkerThread, report: RunReport): void {
    if (report.kind === 'roomLeft') this.#offerConnection(thread);
    else if (report.kind === 'returned') this.#onReturn(report.server, report.client);
    else this.#onServerReport(report.kind, report.server);
  }

  onWorkerLost(row: number): number {
    this.#threads.lost(row);
    const lost = this.#parts.leader.pool.clearRow(row);
    tellThreadLost(this.#parts.options.persistence, row);
    for (const server of this.context.pool.servers) this.context.pool.released(server);
    this.#threads.send({ kind: 'room', run: this.id });
    return lost;
  }

  /** The sockets stay open until no worker has a duplicate: the port is free then. */
  close(): Promise<void> {
    this.#isClosing = true;
    const sockets = this.#sockets.detach();
    this.#closed = this.#threads.say('close').then(() => sockets?.close());
    return this.#closed;
  }

  async drain(keepsIdle: boolean): Promise<void> {
    await this.#threads.ask(() => ({ kind: 'drain', run: this.id, keepsIdle }));
  }

  /** Returns what the counters say before any worker is told. */
  abort(reason: CloseReason, server?: Server): number {
    const { traffic } = this.#parts.leader.pool.counters;
    const sessions = server === undefined ? traffic.sessions : server.sessions;
    const which = server === undefined ? {} : { server: server.name };
    this.#threads.send({ kind: 'abort', run: this.id, reason, ...which });
    if (server === undefined) for (const thread of this.#threads) void this.#expectEnd(thread);
    return sessions;
  }

  /** Brings the counters up to what the workers have told; they are asked for the bytes of running sessions. */
  updateCounters(): void {
    this.#parts.leader.pool.counters.copyInto(this.#parts.counters);
    this.#threads.send({ kind: 'count', run: this.id });
  }

  sessions(): Promise<readonly SessionOverview[]> {
    return this.#threads.listed<SessionOverview>('sessions');
  }

  holders(): Promise<readonly Holder[]> {
    return this.#threads.listed<Holder>('holders');
  }

  async dispose(): Promise<void> {
    const { workers, pool } = this.#parts.leader;
    this.#isClosing = true;
    pool.onChange = undefined;
    await this.#threads.say('dispose');
    workers.remove(this);
    this.#sockets.detach()?.close();
    this.context.pool.detach();
    pool.counters.copyInto(this.#parts.counters);
    await Promise.all([this.#lease.release(), workers.release()]);
  }

  async #openInAll(): Promise<void> {
    const { workers, pool } = this.#parts.leader;
    pool.onChange = () => Promise.all([...this.#threads].map((thread) => this.#sendServers(thread)));
    // Where durations are wanted, they are measured from the first session on.
    pool.counters.copyInto(this.#parts.counters);
    workers.add(this);
    await Promise.all(workers.threads.map((thread) => this.openIn(thread)));
  }

  /** @returns -1 where there is none */
  #descriptorFor({ row }: WorkerThread): number {
    return this.#sockets.descriptorOf(row) ?? -1;
  }

  #orderFor(thread: WorkerThread): RunOrder {
    const { options, leader } = this.#parts;
    const { pool, mode, arrival } = options;
    return {
      run: this.id,
      name: options.name,
      host: this.#sockets.host,
      port: this.#sockets.port,
      descriptor: this.#descriptorFor(thread),
      predecessor: this.#predecessor,
      mode: modeInWorker(mode, leader.workers.count),
      arrival,
      balance: leader.balance,
      maxQueued: pool.options.maxQueued,
      queueTimeoutMs: pool.options.queueTimeoutMs,
      persistence: this.#persistence,
      servers: leader.pool.describe(pool),
      memory: leader.pool.counters.memory,
    };
  }

  async #sendServers(thread: WorkerThread): Promise<void> {
    const { options, leader } = this.#parts;
    const servers = leader.pool.describe(options.pool);
    try {
      await thread.request({ kind: 'servers', run: this.id, servers });
    } catch (error) {
      options.runtime.log(
        'error',
        `worker ${thread.row} could not apply a change of the servers: ${String(error)}`,
      );
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

  /** A place on a server is free: offers it to those who wait, in any worker. */
  #offerServer(server: string): void {
    const { counters } = this.#parts.leader.pool;
    for (const thread of this.#threads) {
      if (counters.queuedIn(thread.row) > 0) thread.send({ kind: 'room', run: this.id, server });
    }
  }

  #offerConnection(from: WorkerThread): void {
    const { counters } = this.#parts.leader.pool;
    for (const thread of this.#threads) {
      if (thread !== from && counters.isHeldIn(thread.row)) thread.send({ kind: 'room', run: this.id });
    }
  }

  /** Everything was cut: a worker that does not say soon that nothing is left never will. */
  async #expectEnd(thread: WorkerThread): Promise<void> {
    using _limit = this.context.runtime.clock.schedule(endMs, () => void thread.terminate());
    await thread.request({ kind: 'drain', run: this.id, keepsIdle: false });
  }
}

function modeInWorker(mode: ResolvedMode, workers: number): ResolvedMode {
  const options = modeOf(mode).optionsOfPart?.(mode.options, workers) ?? mode.options;
  return { name: mode.name, options } as ResolvedMode;
}

function whereToBind({ options, leader }: WorkersRunParts): SharedSocketsOptions {
  const { host, port, mode, arrival } = options;
  const backlog = arrival === undefined ? {} : { backlog: arrival.backlog };
  const protocol = modeOf(mode).transport === 'tcp' ? 'TCP' : 'UDP';
  return { protocol, host, port, count: leader.workers.count, ...backlog };
}

/** Runs listeners in workers instead of this thread. */
export function openInWorkers(leader: Leader): OpenRun {
  return (options, facts, counters, predecessor) => {
    return WorkersRun.open({ options, leader, facts, counters }, predecessor);
  };
}
