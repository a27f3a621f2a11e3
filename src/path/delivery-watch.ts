import type { Connection } from '../engine/engine.ts';

/** What a watch needs of a connection. */
export type Watched = Pick<Connection, 'lastActiveMs' | 'unacknowledgedBytes'>;

/**
 * Tells when something last happened on a connection, acknowledgements included. No event tells of those: a slow
 * receiver empties the system's buffer for minutes before there is room for another byte. So they show from one look to
 * the next, and the system is asked only while nothing else moves and something is not acknowledged.
 */
export class DeliveryWatch {
  #seenMs = -Infinity;
  #activeMs = -Infinity;
  #unacknowledged = Infinity;

  /** @returns when a byte last moved, or when a look found that fewer were unacknowledged than before */
  lastActiveMs(connection: Watched, nowMs: number): number {
    if (connection.lastActiveMs !== this.#seenMs) {
      this.#seenMs = this.#activeMs = connection.lastActiveMs;
      this.#unacknowledged = Infinity;
    } else if (this.#unacknowledged > 0) {
      const unacknowledged = connection.unacknowledgedBytes;
      if (unacknowledged < this.#unacknowledged && this.#unacknowledged !== Infinity) this.#activeMs = nowMs;
      this.#unacknowledged = unacknowledged;
    }
    return this.#activeMs;
  }
}
