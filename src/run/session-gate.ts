import type { Acceptor, Connection, TcpListener } from '../engine/engine.ts';
import { HeldConnection } from './held-connection.ts';
import type { SessionLimit } from './session-limit.ts';

/**
 * The first step of every arrival: lets in as many clients as the listener may have. The others wait in the backlog
 * until a session ends; one may wait here.
 */
export class SessionGate implements Acceptor {
  readonly #limit: SessionLimit;
  readonly #next: Acceptor;
  readonly #held = new HeldConnection();
  /** Undefined while the run has no port. */
  listener: TcpListener | undefined = undefined;

  constructor(limit: SessionLimit, next: Acceptor) {
    this.#limit = limit;
    this.#next = next;
  }

  /** Hot path. */
  onAccept(connection: Connection): void {
    if (this.#limit.take()) this.#next.onAccept(connection);
    else this.#held.hold(connection);
    if (this.#limit.isFull || !this.#held.isEmpty) this.#pause();
  }

  /** A session has ended. */
  leave(): void {
    this.#limit.giveBack();
    this.goOn();
  }

  /** There may be room. */
  goOn(): void {
    const held = this.#held.isEmpty || !this.#limit.take() ? undefined : this.#held.take();
    if (held !== undefined) this.#next.onAccept(held);
    if (this.#held.isEmpty && !this.#limit.isFull) this.listener?.resume();
    else this.#pause();
  }

  /** Another run has the port now, and the client that waits here. */
  takeOver(predecessor: SessionGate): void {
    predecessor.listener = undefined;
    const held = predecessor.#held.take();
    if (held !== undefined) this.onAccept(held);
    this.goOn();
  }

  /** The client that waits here goes, too. */
  close(): void {
    this.listener = undefined;
    this.#held.drop();
  }

  #pause(): void {
    this.listener?.pause();
    this.#limit.awaitRoom(() => {
      this.goOn();
    });
  }
}
