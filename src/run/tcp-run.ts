import type { Acceptor, Connection, ListenOptions } from '../engine/engine.ts';
import type { FactEmitter } from '../facts/fact-emitter.ts';
import type { Server } from '../model/server.ts';
import { modeOf } from '../config/modes.ts';
import type { ResolvedArrival } from '../config/resolved-config.ts';
import type { ConnectionPath } from '../path/data-path.ts';
import type { ConnectionMode } from '../path/mode.ts';
import { openContext } from './open-context.ts';
import type { PathContext } from '../path/path-context.ts';
import type { CloseReason, ServiceEvents } from '../facts/service-events.ts';
import type { TrafficCounters } from '../path/traffic-counters.ts';
import { leaseEngine, type EngineLease } from '../engine/engine-lease.ts';
import { HeldConnection } from './held-connection.ts';
import { goneMeanwhile, type Run } from './run.ts';
import { OwnLimit, type SessionLimit } from './session-limit.ts';
import { TcpEntrance } from './tcp-entrance.ts';
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
export class TcpRun implements Run, Acceptor {
  readonly #options: ResolvedListenerOptions;
  readonly #lease: EngineLease;
  readonly #path: ConnectionPath;
  readonly #limit: SessionLimit;
  readonly #held = new HeldConnection();
  readonly context: PathContext;
  #entrance: TcpEntrance | undefined = undefined;
  /** Whose entrance this run is to have. */
  #predecessor: TcpRun | undefined = undefined;

  private constructor(
    options: ResolvedListenerOptions,
    lease: EngineLease,
    entrance: TcpEntrance,
    facts: FactEmitter<ServiceEvents>,
    counters: TrafficCounters,
    limit: SessionLimit,
  ) {
    const { mode, arrival } = tcpPartsOf(options);
    this.#options = options;
    this.#limit = limit;
    this.#lease = lease;
    this.context = openContext({
      options,
      bound: entrance.listener,
      engine: lease.engine,
      quickAck: arrival.quickAck,
      facts,
      counters,
      sessionEnded: () => {
        limit.giveBack();
        this.#goOn();
      },
      abortServer: (server) => {
        this.#path.abort('server-down', server);
      },
    });
    this.#path = mode.open(this.context, options.mode.options);
  }

  /**
   * @param predecessor whose entrance `takeOver` is to move here; without one, a port is bound
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
    let bound: TcpEntrance | undefined = undefined;
    try {
      const inherited = predecessor === undefined ? undefined : predecessor.#entrance;
      const where = whereToListen(options, options.port, share?.descriptor);
      const entrance = inherited ?? (await TcpEntrance.open(lease.engine, where));
      if (inherited === undefined) bound = entrance;
      const limit = share?.limit ?? new OwnLimit(tcpPartsOf(options).arrival.maxSessions);
      const open = new TcpRun(options, lease, entrance, facts, counters, limit);
      if (bound === undefined) open.#predecessor = predecessor;
      else open.#enter(bound);
      return open;
    } catch (error) {
      await bound?.listener.close();
      await lease.release();
      throw error;
    }
  }

  takeOver(): void {
    const predecessor = this.#predecessor;
    if (predecessor === undefined) return;
    this.#predecessor = undefined;
    const entrance = predecessor.#entrance;
    if (entrance === undefined) throw goneMeanwhile(this.context.service);
    predecessor.#entrance = undefined;
    const { backlog, quickAck } = tcpPartsOf(this.#options).arrival;
    entrance.listener.adjust({ backlog, quickAck });
    this.#enter(entrance);
    const held = predecessor.#held.take();
    if (held !== undefined) this.onAccept(held);
    this.#goOn();
  }

  /** At the limit, further clients wait in the backlog until a session ends. */
  onAccept(connection: Connection): void {
    if (this.#limit.take()) this.#path.onAccept(connection);
    else this.#held.hold(connection);
    if (this.#limit.isFull || !this.#held.isEmpty) this.#pause();
  }

  async close(): Promise<void> {
    const entrance = this.#entrance;
    this.#entrance = undefined;
    this.#held.drop();
    await entrance?.listener.close();
  }

  unbind(): Promise<void> {
    return this.close();
  }

  async rebind(descriptor?: number): Promise<void> {
    const where = whereToListen(this.#options, this.context.port, descriptor);
    this.#enter(await TcpEntrance.open(this.context.engine, where));
    this.#goOn();
  }

  drain(keepsIdle: boolean): Promise<void> {
    return this.#path.drain(keepsIdle);
  }

  abort(reason: CloseReason, server?: Server): number {
    return this.#path.abort(reason, server);
  }

  updateCounters(): void {
    this.#path.updateCounters?.();
  }

  async dispose(): Promise<void> {
    this.context.pool.detach();
    await this.#lease.release();
  }

  #enter(entrance: TcpEntrance): void {
    this.#entrance = entrance;
    entrance.owner = this;
  }

  #pause(): void {
    this.#entrance?.listener.pause();
    this.#limit.awaitRoom(() => {
      this.#goOn();
    });
  }

  /** There may be room again. */
  #goOn(): void {
    const held = this.#held.isEmpty || !this.#limit.take() ? undefined : this.#held.take();
    if (held !== undefined) this.#path.onAccept(held);
    if (this.#held.isEmpty && !this.#limit.isFull) this.#entrance?.listener.resume();
    else this.#pause();
  }
}

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
