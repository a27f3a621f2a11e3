import type { Connection, ConnectionHandler } from '../engine/engine.ts';

/**
 * Keeps one accepted connection unread that has no room after all: another thread was faster. To its client it looks
 * as if it still waited in the backlog.
 */
export class HeldConnection implements ConnectionHandler {
  #connection: Connection | undefined = undefined;

  hold(connection: Connection): void {
    connection.handler = this;
    this.#connection = connection;
  }

  get isEmpty(): boolean {
    return this.#connection === undefined;
  }

  take(): Connection | undefined {
    const connection = this.#connection;
    this.#connection = undefined;
    return connection;
  }

  /** The listener closes: the client that waits is dropped. */
  drop(): void {
    this.take()?.reset();
  }

  onClose(): void {
    this.#connection = undefined;
  }

  // Nothing else comes: it is paused.
  onConnect(): void {}
  onData(): void {}
  onEnd(): void {}
  onDrain(): void {}
  onRelayed(): void {}
}
