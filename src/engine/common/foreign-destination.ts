import type { SluiceError } from '../../base/errors.ts';
import type { Connection, ConnectionHandler } from '../engine.ts';
import { relayFault } from './system-errors.ts';

/** Who reads for a relay that goes to a connection of another kind. */
export interface ForeignSource {
  /** The destination took everything: it may be sent more. */
  onRoom(): void;
  /** The destination is gone: the relay is over, and the source reads no further until its owner says so. */
  onDestinationGone(): void;
}

/**
 * A relay's destination of another kind than the source, such as a wrapped connection. Bytes pass through `write`. To
 * hear of room, it stands in front of the destination's handler, which must stay the same while the relay lasts.
 */
export class ForeignDestination implements ConnectionHandler {
  /** It was sent more than it could take at once. */
  isBusy = false;
  readonly #to: Connection;
  readonly #owner: ConnectionHandler;
  readonly #source: ForeignSource;
  #isLeft = false;

  /** @throws SluiceError `SLUICE_ERR_INTERNAL` where another relay goes there */
  constructor(to: Connection, source: ForeignSource) {
    if (to.handler instanceof ForeignDestination)
      throw relayFault('must be the only relay to that connection');
    this.#to = to;
    this.#owner = to.handler;
    this.#source = source;
    to.handler = this;
  }

  /** The bytes are the caller's again on return. */
  send(bytes: Buffer, start: number, end: number): void {
    if (!this.#to.write(bytes, start, end)) this.isBusy = true;
  }

  /** The relay is over. Idempotent. */
  leave(): void {
    this.#isLeft = true;
    if (this.#to.handler === this) this.#to.handler = this.#owner;
  }

  onDrain(connection: Connection): void {
    this.isBusy = false;
    this.#owner.onDrain(connection);
    if (!this.#isLeft) this.#source.onRoom();
  }

  onClose(connection: Connection, error: SluiceError | undefined): void {
    const wasLeft = this.#isLeft;
    this.leave();
    if (!wasLeft) this.#source.onDestinationGone();
    this.#owner.onClose(connection, error);
  }

  onConnect(connection: Connection): void {
    this.#owner.onConnect(connection);
  }

  onData(connection: Connection, bytes: Buffer, start: number, end: number): void {
    this.#owner.onData(connection, bytes, start, end);
  }

  onEnd(connection: Connection): void {
    this.#owner.onEnd(connection);
  }

  onRelayed(connection: Connection): void {
    this.#owner.onRelayed(connection);
  }
}
