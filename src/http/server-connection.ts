import type { Connection, ConnectionHandler, Engine } from '../engine/engine.ts';
import type { SluiceError } from '../base/errors.ts';
import type { Server } from '../model/server.ts';

/** The user of a connection to a server. */
export interface ServerConnectionUser {
  onServerConnect(connection: ServerConnection): void;
  /** As `ConnectionHandler.onData`. */
  onServerData(bytes: Buffer, start: number, end: number): void;
  onServerEnd(): void;
  onServerDrain(): void;
  onServerRelayed(): void;
  onServerClose(error: SluiceError | undefined): void;
}

/** What becomes of a connection that nobody uses. */
export interface IdleKeeper {
  /** It said something without being asked. */
  onIdleData(connection: ServerConnection): void;
  onIdleEnd(connection: ServerConnection): void;
  onIdleClose(connection: ServerConnection): void;
}

/** How connections to servers are made. */
export interface Dialling {
  readonly engine: Engine;
  readonly quickAck: boolean;
}

/**
 * One connection to a server. Invariant: it has at most one user, and bytes that arrive while it has none
 * reach nobody.
 */
export class ServerConnection implements ConnectionHandler {
  readonly server: Server;
  readonly connection: Connection;
  /** It carried an exchange before, so its server may be just about to close it. */
  isReused = false;
  /**
   * Its server takes all that comes on it for one user's, who logged in or was asked to. So it belongs to one client
   * connection until it ends.
   */
  isBound = false;
  /** What was sent last was more than a head, and its server may not have read all of it yet. */
  hasTail = false;
  user: ServerConnectionUser | undefined;
  readonly #keeper: IdleKeeper;

  constructor(
    server: Server,
    { engine, quickAck }: Dialling,
    port: number,
    user: ServerConnectionUser,
    keeper: IdleKeeper,
  ) {
    this.server = server;
    this.user = user;
    this.#keeper = keeper;
    this.connection = engine.connect({ host: server.host, port, quickAck }, this);
  }

  onConnect(): void {
    this.user?.onServerConnect(this);
  }

  onData(_connection: Connection, bytes: Buffer, start: number, end: number): void {
    if (this.user !== undefined) this.user.onServerData(bytes, start, end);
    else this.#keeper.onIdleData(this);
  }

  onEnd(): void {
    if (this.user !== undefined) this.user.onServerEnd();
    else this.#keeper.onIdleEnd(this);
  }

  onDrain(): void {
    this.user?.onServerDrain();
  }

  onRelayed(): void {
    this.user?.onServerRelayed();
  }

  onClose(_connection: Connection, error: SluiceError | undefined): void {
    const user = this.user;
    this.user = undefined;
    if (user !== undefined) user.onServerClose(error);
    else this.#keeper.onIdleClose(this);
  }
}
