import type { Server } from '../model/server.ts';
import {
  ServerConnection,
  type Dialling,
  type IdleKeeper,
  type ServerConnectionUser,
} from './server-connection.ts';

/** What is kept, and for how long. */
export interface IdleLimits {
  readonly maxIdlePerServer: number;
  readonly serverIdleTimeoutMs: number;
  /** How long what a server still reads may stand still. */
  readonly bodyTimeoutMs: number;
}

/** How long a server may take to end its direction of a connection that is over, in milliseconds. */
const endTimeoutMs = 1_000;
/** For a connection that `expire` has not seen since it was over. */
const unseen = -1;

/**
 * The connections of one service to its servers. Idle ones wait here, the last used first out, so what is not needed
 * ages and is closed. A connection that says anything while idle is dropped, and with it what it said: no client ever
 * gets bytes meant for another (RFC 9112, section 9.2). It may have said something that was not told yet, so each is
 * checked for arrivals right before use. Bound ones wait apart, each for the client that knows of it.
 */
export class ServerConnections implements IdleKeeper {
  readonly #dialling: Dialling;
  readonly #limits: IdleLimits;
  readonly #isUsable: (server: Server) => boolean;
  readonly #idle = new Map<Server, ServerConnection[]>();
  readonly #bound = new Set<ServerConnection>();
  /** What this side ended, and since when `expire` knows of it; reset if their servers do not end theirs. */
  readonly #ending = new Map<ServerConnection, number>();

  /** @param isUsable whether a server may still get requests; the idle connections of others are closed */
  constructor(dialling: Dialling, limits: IdleLimits, isUsable: (server: Server) => boolean) {
    this.#dialling = dialling;
    this.#limits = limits;
    this.#isUsable = isUsable;
  }

  /** Connections that nobody uses. */
  get size(): number {
    let size = this.#ending.size + this.#bound.size;
    for (const connections of this.#idle.values()) size += connections.length;
    return size;
  }

  /** An idle connection to where the server is now, at which nothing has arrived, if there is one. Hot path. */
  take(server: Server, user: ServerConnectionUser): ServerConnection | undefined {
    const idle = this.#idle.get(server);
    for (let connection = idle?.pop(); connection !== undefined; connection = idle?.pop()) {
      if (!connection.connection.isOutdated && !connection.connection.hasArrivals()) {
        connection.user = user;
        return connection;
      }
      this.retire(connection);
    }
    return undefined;
  }

  /** Whether a bound connection waits for its client. */
  isWaiting(connection: ServerConnection): boolean {
    return this.#bound.has(connection);
  }

  /** A bound connection for its client again. @returns false where it is no longer good for anything */
  takeBound(connection: ServerConnection, user: ServerConnectionUser): boolean {
    if (!this.#bound.delete(connection)) return false;
    if (connection.connection.hasArrivals()) {
      this.retire(connection);
      return false;
    }
    connection.user = user;
    return true;
  }

  /** The client of a bound connection needs it no more. */
  retireBound(connection: ServerConnection): void {
    if (this.#bound.delete(connection)) this.retire(connection);
  }

  connect(server: Server, port: number, user: ServerConnectionUser): ServerConnection {
    return new ServerConnection(server, this.#dialling, port, user, this);
  }

  /** A user is done with a connection that reads, and its last response was whole: keeps it if it can. Hot path. */
  give(connection: ServerConnection): void {
    connection.user = undefined;
    connection.isReused = true;
    if (connection.isBound) {
      this.#bound.add(connection);
      return;
    }
    const idle = this.#idleOf(connection.server);
    if (idle.length >= this.#limits.maxIdlePerServer || !this.#isUsable(connection.server)) {
      this.retire(connection);
    } else {
      idle.push(connection);
    }
  }

  /** Ends a connection that nobody uses in good order. */
  retire(connection: ServerConnection): void {
    connection.user = undefined;
    this.#ending.set(connection, unseen);
    connection.connection.resume();
    connection.connection.end();
  }

  /** Drops a connection in the midst of an exchange. */
  drop(connection: ServerConnection): void {
    connection.user = undefined;
    connection.connection.reset();
  }

  /** Closes what was idle for too long, and what goes to servers that may not get requests any more. */
  expire(nowMs: number): void {
    for (const [connection, sinceMs] of this.#ending) this.#resetIfOverdue(connection, sinceMs, nowMs);
    for (const [server, connections] of this.#idle) {
      const limitMs = this.#isUsable(server) ? this.#limits.serverIdleTimeoutMs : 0;
      const isOld = (connection: ServerConnection): boolean =>
        nowMs - connection.connection.lastActiveMs >= limitMs;
      const firstYoung = connections.findIndex((connection) => !isOld(connection));
      const old = connections.splice(0, firstYoung < 0 ? connections.length : firstYoung);
      for (const connection of old) this.retire(connection);
      if (connections.length === 0) this.#idle.delete(server);
    }
    for (const connection of this.#bound) {
      if (!this.#isUsable(connection.server)) this.retireBound(connection);
    }
  }

  /** Closes every idle connection, or those to one server. */
  closeIdle(server?: Server): void {
    for (const [of, connections] of this.#idle) {
      if (server !== undefined && of !== server) continue;
      this.#idle.delete(of);
      for (const connection of connections) this.retire(connection);
    }
    for (const connection of this.#bound) {
      if (server === undefined || connection.server === server) this.retireBound(connection);
    }
  }

  onIdleData(connection: ServerConnection): void {
    this.#forget(connection);
    this.drop(connection);
  }

  onIdleEnd(connection: ServerConnection): void {
    this.#forget(connection);
    this.retire(connection);
  }

  onIdleClose(connection: ServerConnection): void {
    this.#forget(connection);
  }

  /** A reset discards what the server has not read yet: it waits as long as that moves. */
  #resetIfOverdue(connection: ServerConnection, sinceMs: number, nowMs: number): void {
    if (sinceMs === unseen) {
      this.#ending.set(connection, nowMs);
      return;
    }
    const limitMs = connection.hasTail ? this.#limits.bodyTimeoutMs : endTimeoutMs;
    const quietMs = nowMs - Math.max(sinceMs, connection.connection.lastActiveMs);
    if (quietMs >= limitMs) connection.connection.reset();
  }

  #forget(connection: ServerConnection): void {
    this.#ending.delete(connection);
    this.#bound.delete(connection);
    const idle = this.#idle.get(connection.server);
    const index = idle?.indexOf(connection) ?? -1;
    if (index >= 0) idle?.splice(index, 1);
  }

  #idleOf(server: Server): ServerConnection[] {
    const known = this.#idle.get(server);
    if (known !== undefined) return known;
    const made: ServerConnection[] = [];
    this.#idle.set(server, made);
    return made;
  }
}
