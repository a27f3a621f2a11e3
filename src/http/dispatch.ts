import type { ErrorCode, ErrorSide, SluiceError } from '../base/errors.ts';
import type { Server } from '../model/server.ts';
import { Lease } from '../pool/lease.ts';
import type { Waiter } from '../pool/wait-queue.ts';
import type { SessionReport } from '../path/session-report.ts';
import type { HttpContext } from './http-context.ts';
import type { RequestClient } from './request-client.ts';
import type { ServerConnection, ServerConnectionUser } from './server-connection.ts';

/** Why an exchange gets no server. */
export type Unreachable = 'no-server' | 'queue-full' | 'queue-timeout';

/** For whom a server is sought. Both may be called from within `start`. */
export interface DispatchUser {
  /** A connection to a server stands, and is the caller's. Nothing was sent on it for this exchange. */
  onReached(connection: ServerConnection): void;
  onUnreachable(why: Unreachable): void;
}

/**
 * Finds the server of one exchange, and a connection to it: selects, waits while every suitable server is
 * full, connects, and goes to another server where that fails, for nothing was sent yet. Reused by the
 * exchanges of a client connection.
 *
 * `idle → queued → connecting → reached → idle`, with shortcuts; every state may go back to `connecting` but
 * `idle`. Invariant: the lease is held in `connecting` and `reached`, but for the fallback, which needs none.
 */
export class Dispatch implements ServerConnectionUser {
  /** Where the exchange goes: the leased server, or that of the fallback. */
  server: Server | undefined = undefined;
  readonly lease = new Lease();
  readonly #http: HttpContext;
  readonly #client: RequestClient;
  readonly #report: SessionReport;
  readonly #user: DispatchUser;
  #state: 'idle' | 'queued' | 'connecting' | 'reached' = 'idle';
  #connecting: ServerConnection | undefined = undefined;
  /** The client's own connection to a server, between its exchanges. */
  #bound: ServerConnection | undefined = undefined;
  /** New for each wait: the queue forgets a waiter after its turn, and this one may wait again within it. */
  #waiter: Waiter | undefined = undefined;
  #sinceMs = 0;

  constructor(http: HttpContext, client: RequestClient, report: SessionReport, user: DispatchUser) {
    this.#http = http;
    this.#client = client;
    this.#report = report;
    this.#user = user;
  }

  /** Hot path where a server has an idle connection. */
  start(): void {
    if (!this.#select()) this.#wait();
  }

  /** The reused connection was dead: connects to the same server anew, if it still may be used. */
  startAnew(): void {
    const { server } = this;
    if (server !== undefined && this.#http.isUsable(server)) this.#connect(server);
    else this.serverLost();
  }

  /** The server may not be used any more, for no fault of a connect, and nothing counts as sent: selects anew. */
  serverLost(): void {
    this.release();
    this.start();
  }

  /** The exchange is over, or its client is gone: gives back what is held. Idempotent. Hot path. */
  release(): void {
    this.#leaveQueue();
    if (this.#connecting !== undefined) this.#http.servers.drop(this.#connecting);
    this.#connecting = undefined;
    this.#state = 'idle';
    this.server = undefined;
    this.#http.context.selector.release(this.lease);
  }

  /**
   * The exchange is over, and its connection may carry another one.
   *
   * @param isClientKept whether the client may send another one
   */
  give(connection: ServerConnection, isClientKept: boolean): void {
    const { servers } = this.#http;
    if (!connection.isBound) {
      servers.give(connection);
    } else if (isClientKept) {
      this.leaveBound();
      this.#bound = connection;
      servers.give(connection);
    } else {
      servers.retire(connection);
    }
  }

  /** The client is gone: nobody else ever gets its own connection. */
  leaveBound(): void {
    if (this.#bound !== undefined) this.#http.servers.retireBound(this.#bound);
    this.#bound = undefined;
  }

  checkTime(nowMs: number): void {
    const waitedMs = nowMs - this.#sinceMs;
    const { pool } = this.#http.context;
    if (this.#state === 'queued' && waitedMs >= pool.options.queueTimeoutMs) {
      this.#leaveQueue();
      this.#giveUp('queue-timeout');
    } else if (this.#state === 'connecting' && waitedMs >= this.#http.options.connectTimeoutMs) {
      if (this.#connecting !== undefined) this.#http.servers.drop(this.#connecting);
      this.#connectFailed('SLUICE_ERR_CONNECT_TIMEOUT', 'server');
    }
  }

  /** @returns false where a suitable server exists but is full */
  #select(): boolean {
    const { selector, pool } = this.#http.context;
    this.lease.bound = this.#boundServer();
    const selection = selector.select(this.#client, this.lease, pool.options.maxQueued > 0);
    if (selection === 'wait') return false;
    if (this.lease.server !== undefined) this.#reach(this.lease.server);
    else this.#reachFallback();
    return true;
  }

  /** Where the client has a connection of its own. The fallback is for as long as there is nothing else. */
  #boundServer(): Server | undefined {
    const bound = this.#bound;
    if (bound === undefined || !this.#http.servers.isWaiting(bound)) return undefined;
    return bound.server === this.#http.fallbackServer ? undefined : bound.server;
  }

  #wait(): void {
    const { pool, runtime } = this.#http.context;
    this.#waiter = { onTurn: () => this.#select() };
    if (!pool.queue.add(this.#waiter)) {
      this.#giveUp('queue-full');
      return;
    }
    this.#state = 'queued';
    this.#sinceMs = runtime.clock.nowMs();
  }

  #leaveQueue(): void {
    if (this.#waiter !== undefined) this.#http.context.pool.queue.remove(this.#waiter);
    this.#waiter = undefined;
  }

  #reachFallback(): void {
    const { fallbackServer, fallbackPage, context } = this.#http;
    const hasFallback = fallbackServer !== undefined || fallbackPage !== undefined;
    context.selector.report(this.#client, this.lease, hasFallback ? 'fallback' : 'none');
    if (fallbackServer === undefined) this.#giveUp('no-server');
    else this.#reach(fallbackServer);
  }

  #reach(server: Server): void {
    this.server = server;
    const ready = this.#takeBound(server) ?? this.#http.servers.take(server, this);
    if (ready === undefined) this.#connect(server);
    else this.#reached(ready);
  }

  #takeBound(server: Server): ServerConnection | undefined {
    const bound = this.#bound;
    if (bound?.server !== server) return undefined;
    this.#bound = undefined;
    return this.#http.servers.takeBound(bound, this) ? bound : undefined;
  }

  #connect(server: Server): void {
    const { pool, runtime } = this.#http.context;
    this.#state = 'connecting';
    this.#sinceMs = runtime.clock.nowMs();
    this.#connecting = this.#http.servers.connect(server, pool.portOf(server), this);
  }

  #reached(connection: ServerConnection): void {
    this.#state = 'reached';
    this.#user.onReached(connection);
  }

  #connectFailed(error: ErrorCode, side: ErrorSide): void {
    const { context, options, fallbackServer } = this.#http;
    const server = this.server;
    this.#connecting = undefined;
    this.server = undefined;
    if (server !== undefined) this.#report.connectFailed(server, error, side);
    context.selector.connectFailed(this.#client, this.lease, side);
    if (server !== undefined && server === fallbackServer) this.#giveUp('no-server');
    else if (this.lease.tried.length >= options.maxConnectAttempts) this.#reachFallback();
    else if (!this.#select()) this.#wait();
  }

  #giveUp(why: Unreachable): void {
    this.#state = 'idle';
    this.#user.onUnreachable(why);
  }

  onServerConnect(connection: ServerConnection): void {
    this.#connecting = undefined;
    this.#http.context.selector.connected(this.lease);
    this.#reached(connection);
  }

  onServerClose(error: SluiceError | undefined): void {
    this.#connectFailed(error?.code ?? 'SLUICE_ERR_CONNECT', error?.side ?? 'server');
  }

  // None of these comes before the connection stands, and then the exchange is its user.
  onServerData(): void {}
  onServerEnd(): void {}
  onServerDrain(): void {}
  onServerRelayed(): void {}
}
