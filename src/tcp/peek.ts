import type { Refusal } from '../path/refusal.ts';
import type { RefusalReason } from '../facts/service-events.ts';

/**
 * - `more`: too little has come
 * - `enough`: a server can be chosen
 * - `refuse`: this client is not served
 */
export type Finding = 'more' | 'enough' | 'refuse';

/** Looks at the first bytes of one client before a server is chosen. The server gets them all the same. */
export interface Peek {
  /**
   * Looks at everything that has come so far. The bytes are valid only during the call, and must not be written to.
   *
   * @param isAll whether nothing more will be shown: the client ended its direction, or time or room
   * are used up. `more` then counts as `enough`.
   */
  look(bytes: Buffer, isAll: boolean): Finding;
  /** How this client is refused, whatever the reason is. @default a reset */
  refusal?(reason: RefusalReason): Refusal;
}

/** How the clients of a path are looked at. */
export interface Peeking {
  /** Makes the peek of one client. */
  readonly make: () => Peek;
  /** Bytes that are shown at most, 1 or more. */
  readonly maxBytes: number;
  /** How long a client may take to send enough, in milliseconds. */
  readonly timeoutMs: number;
}
