import type { OptionReader } from '../base/options.ts';

/** Limits of TCP sessions. */
export interface TcpOptions {
  /** How long a server may take to accept a connection. Milliseconds, 1 to 600,000. @default 5_000 */
  readonly connectTimeoutMs?: number;
  /** Servers that one session tries, one after the other, while nothing was sent. 1 to 100. @default 3 */
  readonly maxConnectAttempts?: number;
  /**
   * Closes a session after this long without a byte in either direction. Milliseconds, 1 to 2^31-1, or
   * Infinity. The INFINITT preset uses 12 h, as the appliance does for long-lived services; HAProxy's
   * `timeout client` and `timeout server`.
   * @default 3_600_000
   */
  readonly idleTimeoutMs?: number;
  /**
   * The idle limit once one side has ended its direction; HAProxy's `timeout client-fin`. Bytes that the other side
   * still acknowledges count as activity, as far as the engine can tell, from one such limit to the next.
   * Milliseconds, 1 to 2^31-1, or Infinity. @default 300_000
   */
  readonly halfCloseTimeoutMs?: number;
}

/** {@link TcpOptions}, complete. */
export interface ResolvedTcpOptions {
  readonly connectTimeoutMs: number;
  readonly maxConnectAttempts: number;
  readonly idleTimeoutMs: number;
  readonly halfCloseTimeoutMs: number;
}

export const tcpDefaults = {
  connectTimeoutMs: 5_000,
  maxConnectAttempts: 3,
  idleTimeoutMs: 3_600_000,
  halfCloseTimeoutMs: 300_000,
} as const satisfies ResolvedTcpOptions;

const maxTimeoutMs = 2 ** 31 - 1;

/** Reads the options of TCP mode, reporting every problem to the reader. */
export function resolveTcpOptions(reader: OptionReader): ResolvedTcpOptions {
  const timeout = { min: 1, max: maxTimeoutMs };
  return Object.freeze({
    connectTimeoutMs: reader.integer('connectTimeoutMs', {
      min: 1,
      max: 600_000,
      default: tcpDefaults.connectTimeoutMs,
    }),
    maxConnectAttempts: reader.integer('maxConnectAttempts', {
      min: 1,
      max: 100,
      default: tcpDefaults.maxConnectAttempts,
    }),
    idleTimeoutMs: reader.limit('idleTimeoutMs', { ...timeout, default: tcpDefaults.idleTimeoutMs }),
    halfCloseTimeoutMs: reader.limit('halfCloseTimeoutMs', {
      ...timeout,
      default: tcpDefaults.halfCloseTimeoutMs,
    }),
  });
}
