import type { Connection } from '../engine/engine.ts';
import type { IpAddress } from '../model/address.ts';
import type { Client } from '../model/client.ts';

/** The client of a connection, known only by its addresses. */
export class ConnectionClient implements Client {
  readonly method = undefined;
  readonly target = undefined;
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get address(): IpAddress {
    return this.#connection.remoteAddress;
  }

  get port(): number {
    return this.#connection.remotePort;
  }

  get localAddress(): IpAddress {
    return this.#connection.localAddress;
  }

  get localPort(): number {
    return this.#connection.localPort;
  }

  header(): undefined {
    return undefined;
  }

  cookie(): undefined {
    return undefined;
  }
}
