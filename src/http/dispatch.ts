import type { ErrorCode, ErrorSide, SluiceError } from '../base/errors.ts';
import type { Server } from '../model/server.ts';
import type { SessionReport } from '../path/session-report.ts';
import type { Lease } from '../pool/lease.ts';
import { Reach, type ConnectOutcome, type ReachUser, type Unreachable } from '../reach/reach.ts';
import type { HttpContext } from './http-context.ts';
import type { RequestClient } from './request-client.ts';
import type { ServerConnection, ServerConnectionUser } from './server-connection.ts';

/** What a server is sought for. Both may be called from within `start`. */
export interface DispatchUser {
  /** A connection to a server stands, and is the caller's. Nothing was sent on it for this exchange. */
  onReached(connection: ServerConnection): void;
  onUnreachable(why: Unreachable): void;
}

/**
 * Finds the server of one exchange, and a connection to it: the client's own, an idle one, or a new one. Reused by
 * the exchanges of a client connection.
 */
export class Dispatch implements ReachUser, ServerConnectionUser {
  readonly report: SessionReport;
  readonly reach: Reach;
  readonly #http: HttpContext;
  readonly #user: DispatchUser;
  #connecting: ServerConnection | undefined = undefined;
  /** Stands, and waits for the reach to say that it is its turn. */
  #ready: ServerConnection | undefined = undefined;
  /** The client's own connection to a server, between its exchanges. */
  #bound: ServerConnection | undefined = undefined;

  constructor(http: HttpContext, client: RequestClient, report: SessionReport, user: DispatchUser) {
    this.#http = http;
    this.report = report;
    this.#user = user;
    this.reach = new Reach(http.reach, client, this);
  }

  /** Where the exchange goes: the leased server, or that of the fallback. */
  get server(): Server | undefined {
    return this.reach.server;
  }

  get lease(): Lease {
    return this.reach.lease;
  }

  /** Hot path where a server has an idle connection. */
  start(): void {
    this.reach.start();
  }

  /** The reused connection was dead: connects to the same server again, if it still may be used. */
  startAnew(): void {
    const { server } = this;
    if (server === undefined || !this.#http.isUsable(server)) {
      this.serverLost();
      return;
    }
    this.#connect(server);
    this.reach.connectsAnew();
  }

  /** The server may not be used any more, though no connect failed, and nothing counts as sent: selects again. */
  serverLost(): void {
    this.release();
    this.start();
  }

  /** The exchange is over, or its client is gone: gives back what is held. Idempotent. Hot path. */
  release(): void {
    this.#dropConnect();
    this.reach.release();
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

  /** Where the client has a connection of its own. The fallback is for as long as there is nothing else. */
  get ownServer(): Server | undefined {
    const bound = this.#bound;
    if (bound === undefined || !this.#http.servers.isWaiting(bound)) return undefined;
    return bound.server === this.#http.fallbackServer ? undefined : bound.server;
  }

  /** Hot path. */
  connectTo(server: Server): ConnectOutcome {
    this.#ready = this.#takeBound(server) ?? this.#http.servers.take(server, this);
    if (this.#ready !== undefined) return 'ready';
    this.#connect(server);
    return 'connecting';
  }

  #takeBound(server: Server): ServerConnection | undefined {
    const bound = this.#bound;
    if (bound?.server !== server) return undefined;
    this.#bound = undefined;
    return this.#http.servers.takeBound(bound, this) ? bound : undefined;
  }

  #connect(server: Server): void {
    this.#connecting = this.#http.servers.connect(server, this.#http.context.pool.portOf(server), this);
  }

  onServerConnect(connection: ServerConnection): void {
    this.#connecting = undefined;
    this.#ready = connection;
    this.reach.connected();
  }

  /** Hot path. */
  onReached(): void {
    const ready = this.#ready;
    this.#ready = undefined;
    if (ready !== undefined) this.#user.onReached(ready);
  }

  onConnectTimeout(): void {
    this.#dropConnect();
    this.#connectFailed('SLUICE_ERR_CONNECT_TIMEOUT', 'server');
  }

  onServerClose(error: SluiceError | undefined): void {
    this.#connecting = undefined;
    this.#connectFailed(error?.code ?? 'SLUICE_ERR_CONNECT', error?.side ?? 'server');
  }

  #connectFailed(error: ErrorCode, side: ErrorSide): void {
    if (this.reach.failed(error, side)) this.reach.next();
  }

  #dropConnect(): void {
    const connection = this.#connecting ?? this.#ready;
    this.#connecting = this.#ready = undefined;
    if (connection !== undefined) this.#http.servers.drop(connection);
  }

  onUnreachable(why: Unreachable): void {
    this.#user.onUnreachable(why);
  }

  // None of these comes before the connection stands, and then the exchange is its user.
  onServerData(): void {}
  onServerEnd(): void {}
  onServerDrain(): void {}
  onServerRelayed(): void {}
}
