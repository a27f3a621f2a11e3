import type { Acceptor, ListenOptions, TcpListener } from '../engine/engine.ts';
import type { Holder } from '../pool/entry-renewal.ts';
import type { FactEmitter } from '../facts/fact-emitter.ts';
import type { Server } from '../model/server.ts';
import { modeOf } from '../config/modes.ts';
import type { ResolvedArrival } from '../config/resolved-config.ts';
import type { ConnectionPath } from '../path/data-path.ts';
import type { ConnectionMode } from '../path/mode.ts';
import { openContext } from './open-context.ts';
import type { PathContext } from '../path/path-context.ts';
import type { SessionOverview } from '../path/session-overview.ts';
import type { CloseReason, ServiceEvents } from '../facts/service-events.ts';
import type { TrafficCounters } from '../path/traffic-counters.ts';
import { leaseEngine, type EngineLease } from '../engine/engine-lease.ts';
import { Arrival } from './arrival.ts';
import { goneMeanwhile, type Run } from './run.ts';
import { SessionGate } from './session-gate.ts';
import { OwnLimit, type SessionLimit } from './session-limit.ts';
import type { ResolvedListenerOptions } from '../config/resolved-options.ts';

/** What a run has of its listener where that runs in several threads. */
export interface ListenerShare {
  /** A listening socket, which stays its owner's. */
  readonly descriptor: number;
  readonly limit: SessionLimit;
}

/**
 * One run of a listener, from bind to dispose. Owns the data path and its sessions, and the bound port until it
 * closes that or hands it on.
 */
export class TcpRun implements Run {
  readonly #options: ResolvedListenerOptions;
  readonly #lease: EngineLease;
  readonly #gate: SessionGate;
  readonly #arrival: Arrival;
  readonly #path: ConnectionPath;
  readonly context: PathContext;
  /** The bound port, until it is closed or another run's. */
  #listener: TcpListener | undefined = undefined;
  /** The run whose port this one takes. */
  #predecessor: TcpRun | undefined = undefined;

  private constructor(
    options: ResolvedListenerOptions,
    lease: EngineLease,
    listener: TcpListener,
    facts: FactEmitter<ServiceEvents>,
    counters: TrafficCounters,
    limit: SessionLimit,
  ) {
    const { mode, arrival } = tcpPartsOf(options);
    this.#options = options;
    this.#lease = lease;
    this.context = openContext({
      options,
      bound: listener,
      engine: lease.engine,
      quickAck: arrival.quickAck,
      facts,
      counters,
      sessionEnded: () => {
        this.#gate.leave();
      },
      abortServer: (server) => {
        this.#path.abort('server-down', server);
      },
    });
    this.#path = mode.open(this.context, options.mode.options);
    this.#arrival = new Arrival(mode.stages?.(options.mode.options) ?? [], this.#path, this.context);
    this.#gate = new SessionGate(limit, this.#arrival.first);
  }

  /**
   * @param predecessor whose port `takeOver` is to move here; without one, a port is bound
   * @throws SluiceError as `Engine.listen`, or where the pool serves another listener; nothing is left open
   */
  static async open(
    options: ResolvedListenerOptions,
    facts: FactEmitter<ServiceEvents>,
    counters: TrafficCounters,
    predecessor?: TcpRun,
    share?: ListenerShare,
  ): Promise<TcpRun> {
    const lease = leaseEngine(options.engine, options.runtime);
    let bound: TcpListener | undefined = undefined;
    try {
      const inherited = predecessor === undefined ? undefined : predecessor.#listener;
      const where = whereToListen(options, options.port, share?.descriptor);
      const listener = inherited ?? (await lease.engine.listen(where, nobody));
      if (inherited === undefined) bound = listener;
      const limit = share?.limit ?? new OwnLimit(tcpPartsOf(options).arrival.maxSessions);
      const open = new TcpRun(options, lease, listener, facts, counters, limit);
      if (bound === undefined) open.#predecessor = predecessor;
      else open.#enter(bound);
      return open;
    } catch (error) {
      await bound?.close();
      await lease.release();
      throw error;
    }
  }

  takeOver(): void {
    const predecessor = this.#predecessor;
    if (predecessor === undefined) return;
    this.#predecessor = undefined;
    const listener = predecessor.#listener;
    if (listener === undefined) throw goneMeanwhile(this.context.service);
    predecessor.#listener = undefined;
    const { backlog, quickAck } = tcpPartsOf(this.#options).arrival;
    listener.adjust({ backlog, quickAck });
    this.#enter(listener);
    this.#gate.takeOver(predecessor.#gate);
  }

  async close(): Promise<void> {
    const listener = this.#listener;
    this.#listener = undefined;
    this.#gate.close();
    await listener?.close();
  }

  unbind(): Promise<void> {
    return this.close();
  }

  async rebind(descriptor?: number): Promise<void> {
    const where = whereToListen(this.#options, this.context.port, descriptor);
    this.#enter(await this.context.engine.listen(where, nobody));
    this.#gate.goOn();
  }

  async drain(keepsIdle: boolean): Promise<void> {
    const begun = this.#path.drain(keepsIdle);
    await this.#arrival.drain();
    await begun;
    // Those that a stage has let go on meanwhile.
    await this.#path.drain(keepsIdle);
  }

  abort(reason: CloseReason, server?: Server): number {
    if (server === undefined) this.#arrival.close();
    return this.#path.abort(reason, server);
  }

  sessions(): Promise<readonly SessionOverview[]> {
    return Promise.resolve(this.#path.describeSessions());
  }

  updateCounters(): void {
    this.#path.updateCounters?.();
  }

  holders(): Promise<readonly Holder[]> {
    return Promise.resolve(this.context.selector.holders());
  }

  async dispose(): Promise<void> {
    this.#arrival.close();
    this.context.pool.detach();
    await this.#lease.release();
  }

  #enter(listener: TcpListener): void {
    this.#listener = listener;
    this.#gate.listener = listener;
    listener.acceptor = this.#gate;
  }
}

/** Until a run is there, which is before the first connection. */
const nobody: Acceptor = {
  onAccept: (connection) => {
    connection.reset();
  },
};

function whereToListen(
  options: ResolvedListenerOptions,
  port: number,
  descriptor: number | undefined,
): ListenOptions {
  const { backlog, quickAck } = tcpPartsOf(options).arrival;
  return { host: options.host, port, backlog, quickAck, ...(descriptor === undefined ? {} : { descriptor }) };
}

/** @throws TypeError for a listener of UDP */
function tcpPartsOf({ mode, arrival }: ResolvedListenerOptions): {
  readonly mode: ConnectionMode<unknown>;
  readonly arrival: ResolvedArrival;
} {
  const of = modeOf(mode);
  if (of.transport !== 'tcp' || arrival === undefined)
    throw new TypeError(`mode '${mode.name}' is not of TCP`);
  return { mode: of, arrival };
}
