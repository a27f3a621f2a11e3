/**
 * Why a server was chosen.
 *
 * - `cookie`, `table`: what persistence remembered; an own strategy states its own reason
 * - `connection`: the client is logged in by its connection to the server, as with NTLM and Negotiate
 * - `balance`: balancing chose, because nothing was remembered
 * - `redispatch`: balancing chose after another server could not be reached
 * - `fallback`: no server was available
 * - `none`: no server was available and there is no fallback
 */
export type DecisionReason =
  'cookie' | 'table' | 'connection' | 'balance' | 'redispatch' | 'fallback' | 'none' | (string & {});

/** The record that every pick yields. */
export interface DecisionRecord {
  readonly service: string;
  /** The session or flow that it is for; of an exchange, the session of its connection. */
  readonly sessionId: number;
  /** The client's address and port. */
  readonly client: string;
  /** The chosen server's name, or undefined for `fallback` and `none`. */
  readonly server: string | undefined;
  readonly reason: DecisionReason;
  /** Servers tried before in the same session, in order. */
  readonly tried: readonly string[];
  /** Wall-clock time, milliseconds since 1970. */
  readonly atMs: number;
}
