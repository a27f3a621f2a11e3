import type { Connection, TcpListener } from '../engine/engine.ts';
import type { FactEmitter } from '../fact-emitter.ts';
import { HttpPath } from '../http/http-path.ts';
import type { Server } from '../model/server.ts';
import type { DataPath } from '../service/data-path.ts';
import { openContext } from '../service/open-context.ts';
import type { ServiceContext } from '../service/service-context.ts';
import type { CloseReason, ServiceEvents } from '../service/service-events.ts';
import type { ServiceStats } from '../service/service-stats.ts';
import { TcpPath } from '../tcp/tcp-path.ts';
import { leaseEngine, type EngineLease } from './engine-lease.ts';
import { HeldConnection } from './held-connection.ts';
import type { ResolvedListenerOptions } from './listener-options.ts';
import type { OpenService } from './service.ts';
import { OwnLimit, type SessionLimit } from './session-limit.ts';

/** What a listener has of its service where that runs in several threads. */
export interface ListenerShare {
  /** A listening socket, which stays its owner's. */
  readonly descriptor: number;
  readonly limit: SessionLimit;
}

/** One run of a listener, from bind to dispose. Owns the bound port, the data path and its sessions. */
export class OpenListener implements OpenService {
  readonly #lease: EngineLease;
  readonly #bound: TcpListener;
  readonly #path: DataPath;
  readonly #limit: SessionLimit;
  readonly #held = new HeldConnection();
  readonly context: ServiceContext;

  private constructor(
    options: ResolvedListenerOptions,
    lease: EngineLease,
    bound: TcpListener,
    facts: FactEmitter<ServiceEvents>,
    stats: ServiceStats,
    limit: SessionLimit,
  ) {
    this.#limit = limit;
    this.#lease = lease;
    this.#bound = bound;
    this.context = openContext({
      options,
      bound,
      engine: lease.engine,
      quickAck: options.quickAck,
      facts,
      stats,
      sessionEnded: () => {
        limit.giveBack();
        this.#goOn();
      },
      abortServer: (server) => {
        this.#path.abort('server-down', server);
      },
    });
    const { carrier } = options;
    this.#path =
      carrier.mode === 'http'
        ? new HttpPath(this.context, carrier.options)
        : new TcpPath(this.context, carrier.options);
  }

  /** @throws SluiceError as `Engine.listen`, or where the pool serves another listener; nothing is left open */
  static async open(
    options: ResolvedListenerOptions,
    facts: FactEmitter<ServiceEvents>,
    stats: ServiceStats,
    share?: ListenerShare,
  ): Promise<OpenListener> {
    const lease = leaseEngine(options.engine, options.runtime);
    // Connections come only after this function has gone on, so `open` is set by then.
    let open: OpenListener | undefined = undefined;
    let bound: TcpListener | undefined = undefined;
    try {
      const { host, port, backlog, quickAck, maxSessions } = options;
      const descriptor = share?.descriptor;
      bound = await lease.engine.listen(
        { host, port, backlog, quickAck, ...(descriptor === undefined ? {} : { descriptor }) },
        { onAccept: (connection) => open?.accept(connection) },
      );
      open = new OpenListener(options, lease, bound, facts, stats, share?.limit ?? new OwnLimit(maxSessions));
      return open;
    } catch (error) {
      await bound?.close();
      await lease.release();
      throw error;
    }
  }

  /** At the limit, further clients wait in the backlog until a session ends. */
  accept(connection: Connection): void {
    if (this.#limit.take()) this.#path.onAccept(connection);
    else this.#held.hold(connection);
    if (this.#limit.isFull || !this.#held.isEmpty) this.#pause();
  }

  close(): Promise<void> {
    this.#held.drop();
    return this.#bound.close();
  }

  drain(): Promise<void> {
    return this.#path.drain();
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

  #pause(): void {
    this.#bound.pause();
    this.#limit.awaitRoom(() => {
      this.#goOn();
    });
  }

  /** There may be room again. */
  #goOn(): void {
    const held = this.#held.isEmpty || !this.#limit.take() ? undefined : this.#held.take();
    if (held !== undefined) this.#path.onAccept(held);
    if (this.#held.isEmpty && !this.#limit.isFull) this.#bound.resume();
    else this.#pause();
  }
}
