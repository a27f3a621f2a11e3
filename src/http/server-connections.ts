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
}

/**
 * The connections of one service to its servers. Idle ones wait here, the last used first out, so that what
 * is not needed ages and is closed. A connection that says anything while idle is dropped, and with it what
 * it said: no client ever gets bytes meant for another (RFC 9112, section 9.2).
 */
export class ServerConnections implements IdleKeeper {
  readonly #dialling: Dialling;
  readonly #limits: IdleLimits;
  readonly #isUsable: (server: Server) => boolean;
  readonly #idle = new Map<Server, ServerConnection[]>();
  /** Ended by this side; reset at the next but one `expire` if their servers do not end theirs. */
  #ending = new Set<ServerConnection>();
  #endedBefore = new Set<ServerConnection>();

  /** @param isUsable whether a server may still get requests; the idle connections of others are closed */
  constructor(dialling: Dialling, limits: IdleLimits, isUsable: (server: Server) => boolean) {
    this.#dialling = dialling;
    this.#limits = limits;
    this.#isUsable = isUsable;
  }

  /** Connections that nobody uses. */
  get size(): number {
    let size = this.#ending.size + this.#endedBefore.size;
    for (const connections of this.#idle.values()) size += connections.length;
    return size;
  }

  /** An idle connection to the server, if there is one: not to where the server was before. Hot path. */
  take(server: Server, user: ServerConnectionUser): ServerConnection | undefined {
    const idle = this.#idle.get(server);
    let connection = idle?.pop();
    while (connection?.connection.isOutdated === true) {
      this.retire(connection);
      connection = idle?.pop();
    }
    if (connection !== undefined) connection.user = user;
    return connection;
  }

  connect(server: Server, port: number, user: ServerConnectionUser): ServerConnection {
    return new ServerConnection(server, this.#dialling, port, user, this);
  }

  /** The user has no more use for a connection that reads, and whose last response was whole: keeps it if it can. Hot path. */
  give(connection: ServerConnection): void {
    connection.user = undefined;
    connection.isReused = true;
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
    this.#ending.add(connection);
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
    for (const connection of this.#endedBefore) connection.connection.reset();
    this.#endedBefore = this.#ending;
    this.#ending = new Set();
    for (const [server, connections] of this.#idle) {
      const limitMs = this.#isUsable(server) ? this.#limits.serverIdleTimeoutMs : 0;
      const isOld = (connection: ServerConnection): boolean =>
        nowMs - connection.connection.lastActiveMs >= limitMs;
      const firstYoung = connections.findIndex((connection) => !isOld(connection));
      const old = connections.splice(0, firstYoung < 0 ? connections.length : firstYoung);
      for (const connection of old) this.retire(connection);
      if (connections.length === 0) this.#idle.delete(server);
    }
  }

  /** Closes every idle connection, or those to one server. */
  closeIdle(server?: Server): void {
    for (const [of, connections] of this.#idle) {
      if (server !== undefined && of !== server) continue;
      this.#idle.delete(of);
      for (const connection of connections) this.retire(connection);
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

  #forget(connection: ServerConnection): void {
    this.#ending.delete(connection);
    this.#endedBefore.delete(connection);
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
