import type { Connection } from '../engine/engine.ts';
import type { IpAddress } from '../model/address.ts';
import type { Client } from '../model/client.ts';

/** What is known of the client of any connection: where it comes from, and where it came to. */
export abstract class ConnectionEnds {
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
}

/** The client of a connection, known only by its addresses. */
export class ConnectionClient extends ConnectionEnds implements Client {
  readonly method = undefined;
  readonly target = undefined;

  header(): undefined {
    return undefined;
  }

  cookie(): undefined {
    return undefined;
  }
}
