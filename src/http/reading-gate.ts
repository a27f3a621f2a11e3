import type { Connection } from '../engine/engine.ts';

/** Bytes of a request's body that may wait for a server. */
const maxPendingBody = 16_384;
/**
 * Bytes that may wait behind the current request, or before a tunnel stands. More is a request, for which there is
 * time later; less may be line ends of a careless client. Together with a short read they fit into one buffer.
 */
const maxPendingBehind = 1_024;

/** What pending bytes wait for: what follows them, a server to be sent to, or the end of what is before them. */
export type PendingFor = 'rest-of-head' | 'server' | 'turn';

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
  update(pendingBytes: number, pendingFor: PendingFor): void {
    const isPaused = this.isBlocked || (pendingBytes > 0 && pendingBytes >= maxPending(pendingFor));
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

/** The rest of a head is read in any case: its length has a limit of its own. */
function maxPending(pendingFor: PendingFor): number {
  if (pendingFor === 'rest-of-head') return Infinity;
  return pendingFor === 'turn' ? maxPendingBehind : maxPendingBody;
}
