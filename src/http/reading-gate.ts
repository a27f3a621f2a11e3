import type { Connection } from '../engine/engine.ts';

/** Bytes that may wait behind the current request, or before a tunnel stands; then reading stops. */
const maxPendingBytes = 16_384;

/** Reads from a client while there is somewhere to put what it sends: on a server, or behind the current request. */
export class ReadingGate {
  /** The server does not take the request's body as fast as the client sends it. */
  isBlocked = false;
  readonly #connection: Connection;
  #isPaused = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Hot path. */
  update(pendingBytes: number): void {
    const isPaused = this.isBlocked || pendingBytes >= maxPendingBytes;
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    if (isPaused) this.#connection.pause();
    else this.#connection.resume();
  }

  /** Lets the engine carry `count` bytes, or all, and watch over back-pressure by itself. */
  relay(to: Connection, count?: number): void {
    this.isBlocked = this.#isPaused = false;
    this.#connection.relay(to, count);
  }

  /** Nothing more is kept: reads on, whatever comes. */
  open(): void {
    this.isBlocked = this.#isPaused = false;
    this.#connection.resume();
  }
}
