import type { OptionReader } from '../base/options.ts';
import { readFallback, type FallbackOptions, type ResolvedFallback } from './fallback-options.ts';

/**
 * How a listener in HTTP mode treats its clients and servers. Times are in milliseconds, 1 to 2^31-1, or
 * Infinity for no limit.
 */
export interface HttpOptions {
  /** Bytes of a request's or response's head, 1024 to 1,048,576. @default 16_384, as HAProxy's `tune.bufsize` */
  readonly maxHeadBytes?: number;
  /** Header lines of a head, 8 to 10,000. @default 128 (HAProxy's `tune.http.maxhdr` is 101) */
  readonly maxHeaders?: number;
  /** Requests that one client connection may carry, from 1; `Infinity` for any number. @default 100_000 */
  readonly maxRequestsPerConnection?: number;
  /**
   * How long a head may take to be complete, milliseconds from accept or, later on the connection, from its
   * first byte. Absolute: bytes that trickle in do not prolong it.
   * @default 5_000, the appliance's slow header guard
   */
  readonly headTimeoutMs?: number;
  /** How long a client connection may wait for its next request. @default 75_000, as nginx `keepalive_timeout` */
  readonly keepAliveTimeoutMs?: number;
  /**
   * How long a body may stand still in either direction, whichever side is slow.
   * @default 60_000, as nginx `client_body_timeout` and `send_timeout`
   */
  readonly bodyTimeoutMs?: number;
  /**
   * How long a client that has its last response may still send before its connection is closed; what it sends is
   * dropped. Without this, a reset could overtake the response (RFC 9112, section 9.6). Counts from when the client has
   * all of it, as far as the engine can tell.
   * @default 30_000, as nginx `lingering_time`
   */
  readonly lingerTimeoutMs?: number;
  /** How long a connect to a server may take. @default 5_000 */
  readonly connectTimeoutMs?: number;
  /** Servers that one exchange tries to connect to, 1 to 100. @default 3, as HAProxy `retries` */
  readonly maxConnectAttempts?: number;
  /**
   * How long a server may think before the head of its response.
   * @default 60_000, as nginx `proxy_read_timeout`
   */
  readonly responseTimeoutMs?: number;
  /** How long a tunnel (WebSocket) may be silent. @default 3_600_000 */
  readonly tunnelTimeoutMs?: number;
  /** Idle connections kept to each server, 0 to 100,000; 0 opens one per exchange. @default 100 */
  readonly maxIdlePerServer?: number;
  /**
   * How long an idle connection to a server is kept.
   * @default 4_000, below the 5 s after which Node and Apache httpd close theirs, so that a request seldom
   * meets a server that is just closing
   */
  readonly serverIdleTimeoutMs?: number;
  /**
   * `replace` drops what a client says about where it comes from (every `X-Forwarded-*`, `Forwarded`, `X-Real-IP` and
   * others, all listed in `docs/http.md`) and says what is true; `append` adds to it, for clients that are trusted
   * proxies.
   * @default 'replace'
   */
  readonly forwardedFor?: 'replace' | 'append';
  /**
   * Accepts from servers what some devices send against RFC 9112: white space around chunk sizes, a `Content-Length`
   * that is repeated with the same value, and a `Content-Length` beside `Transfer-Encoding: chunked`, which then
   * counts alone. Requests stay strict. @default false: such a response is answered 502
   */
  readonly lenientResponses?: boolean;
  /**
   * Whether a client that ends its direction (FIN) before it has its response has gone away, as for nginx and for
   * HAProxy with `abortonclose`. False finishes the response first, for clients that send a request and FIN at once;
   * one that is really gone is noticed by its reset, which our first bytes provoke.
   * @default false, as HAProxy
   */
  readonly abortOnClientEnd?: boolean;
  /**
   * Begins a W3C trace where a request belongs to none: adds a `traceparent`, which says that it is sampled, and drops one
   * that is not valid together with its `tracestate`. A valid one is passed on as it is, always.
   * @default false
   */
  readonly beginTraces?: boolean;
  /** What answers while no server is available. @default a plain 503 */
  readonly fallback?: FallbackOptions;
}

/** Complete options of a listener in HTTP mode. */
export interface ResolvedHttpOptions extends Required<Omit<HttpOptions, 'fallback'>> {
  readonly fallback: ResolvedFallback | undefined;
}

export const httpDefaults = {
  maxHeadBytes: 16_384,
  maxHeaders: 128,
  maxRequestsPerConnection: 100_000,
  headTimeoutMs: 5_000,
  keepAliveTimeoutMs: 75_000,
  bodyTimeoutMs: 60_000,
  lingerTimeoutMs: 30_000,
  connectTimeoutMs: 5_000,
  maxConnectAttempts: 3,
  responseTimeoutMs: 60_000,
  tunnelTimeoutMs: 3_600_000,
  maxIdlePerServer: 100,
  serverIdleTimeoutMs: 4_000,
  forwardedFor: 'replace',
  lenientResponses: false,
  abortOnClientEnd: false,
  beginTraces: false,
} as const satisfies HttpOptions;

type TimeLimit =
  | 'headTimeoutMs'
  | 'keepAliveTimeoutMs'
  | 'bodyTimeoutMs'
  | 'lingerTimeoutMs'
  | 'connectTimeoutMs'
  | 'responseTimeoutMs'
  | 'tunnelTimeoutMs'
  | 'serverIdleTimeoutMs';

/** Reads the options from a reader that stands at them, reporting every problem except unknown keys. */
export function resolveHttpOptions(reader: OptionReader): ResolvedHttpOptions {
  const count = (
    key: 'maxHeadBytes' | 'maxHeaders' | 'maxConnectAttempts' | 'maxIdlePerServer',
    min: number,
    max: number,
  ) => reader.integer(key, { min, max, default: httpDefaults[key] });
  const time = (key: TimeLimit) =>
    reader.limit(key, { min: 1, max: 2 ** 31 - 1, default: httpDefaults[key] });
  const resolved: ResolvedHttpOptions = {
    maxHeadBytes: count('maxHeadBytes', 1024, 1_048_576),
    maxHeaders: count('maxHeaders', 8, 10_000),
    maxRequestsPerConnection: reader.limit('maxRequestsPerConnection', {
      min: 1,
      max: Number.MAX_SAFE_INTEGER,
      default: httpDefaults.maxRequestsPerConnection,
    }),
    headTimeoutMs: time('headTimeoutMs'),
    keepAliveTimeoutMs: time('keepAliveTimeoutMs'),
    bodyTimeoutMs: time('bodyTimeoutMs'),
    lingerTimeoutMs: time('lingerTimeoutMs'),
    connectTimeoutMs: time('connectTimeoutMs'),
    maxConnectAttempts: count('maxConnectAttempts', 1, 100),
    responseTimeoutMs: time('responseTimeoutMs'),
    tunnelTimeoutMs: time('tunnelTimeoutMs'),
    maxIdlePerServer: count('maxIdlePerServer', 0, 100_000),
    serverIdleTimeoutMs: time('serverIdleTimeoutMs'),
    forwardedFor: reader.oneOf('forwardedFor', ['replace', 'append'], { default: httpDefaults.forwardedFor }),
    lenientResponses: reader.boolean('lenientResponses', { default: httpDefaults.lenientResponses }),
    abortOnClientEnd: reader.boolean('abortOnClientEnd', { default: httpDefaults.abortOnClientEnd }),
    beginTraces: reader.boolean('beginTraces', { default: httpDefaults.beginTraces }),
    fallback: readFallback(reader, 'fallback'),
  };
  return Object.freeze(resolved);
}
