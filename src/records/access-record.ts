import type { Protocol } from '../facts/service-events.ts';
import type { ClientFactKind } from '../model/client.ts';
import type { DecisionReason } from '../model/decision.ts';

/** What every begin and every end of a session, an exchange or a flow says. */
export interface AccessSubject {
  /** The service's name. */
  readonly service: string;
  /** `tcp`: a session; `http`: an exchange; `udp`: a flow. */
  readonly protocol: Protocol;
  /** The same as in events; that of the client connection for an exchange. */
  readonly sessionId: number;
  /** HTTP: which one of its connection, from 1. */
  readonly exchange: number | undefined;
  /** The client's address and port. */
  readonly client: string;
  /** HTTP. Empty where a request was refused before it could be read. */
  readonly method: string | undefined;
  /** HTTP: the W3C `traceparent` that the client sent, if it is one. */
  readonly traceparent: string | undefined;
  /** HTTP: the trace that the exchange belongs to, the client's or one that began here; 32 hexadecimal digits. */
  readonly traceId: string | undefined;
  /** HTTP: the exchange's own span in a trace that began here, which the server takes for its parent; 16 digits. */
  readonly spanId: string | undefined;
  /** Wall-clock time, milliseconds since 1970. */
  readonly atMs: number;
}

/**
 * How one TCP session, HTTP exchange or UDP flow went. Times are milliseconds; a phase that was not reached is undefined.
 * `docs/access-log.md` explains each field.
 */
export interface AccessRecord extends AccessSubject {
  /** The server's name; undefined where none was chosen. */
  readonly server: string | undefined;
  /** Why that server: as in a decision record. */
  readonly pick: DecisionReason;
  /** The kind of fact that persistence or the policy knew the client from, such as `address` or `cookie`. */
  readonly key: ClientFactKind | undefined;
  /** Servers that could not be reached before. */
  readonly tries: number;
  /** In the queue, for a server to have room. */
  readonly waitMs: number;
  /** Until the connection to the server stood, tries included; 0 for one that stood already. */
  readonly connectMs: number | undefined;
  /** From then to the first byte of the server; for HTTP to the head of its response. */
  readonly firstByteMs: number | undefined;
  readonly totalMs: number;
  readonly bytesFromClient: number;
  readonly bytesFromServer: number;
  /** HTTP: what the client got; 0 where it got none. */
  readonly status: number | undefined;
  /** HAProxy's letters: two, or four for HTTP. `--` is a good end. */
  readonly ending: string;
  /** Sessions or flows of the service when it ended, this one included. */
  readonly sessions: number;
  /** Sessions of the server. */
  readonly serverSessions: number;
  /** HTTP, in an access log that is asked for it: the path of the request. */
  readonly path: string | undefined;
  /** HTTP, in an access log that is asked for it: the query, without its question mark. */
  readonly query: string | undefined;
}

/** How bad it is: `error` for faults of servers and of this side, `warn` for those of clients, for retries and for orders. */
export type AccessLevel = 'info' | 'warn' | 'error';

/** In rising order. */
export const accessLevels: readonly AccessLevel[] = ['info', 'warn', 'error'];

/** Hot path. */
export function levelOf({ ending, status = 0, tries }: AccessRecord): AccessLevel {
  const cause = ending.charAt(0);
  if (status >= 500 || (cause !== '-' && 'SsRID'.includes(cause))) return 'error';
  return tries > 0 || (cause !== '-' && 'CcPK'.includes(cause)) ? 'warn' : 'info';
}
