import type { Client, ClientFact } from '../model/client.ts';

/**
 * What returns a client to its server: strategies in order of precedence. Empty: no persistence.
 *
 * One instance may serve several services, which then share their clients' servers **by server name**.
 */
export interface Persistence {
  /** For people: `sourceIp`, `chain(httpCookie, sourceIp)`, `none`. */
  readonly name: string;
  readonly strategies: readonly PersistenceStrategy[];
}

/**
 * One way to remember. Pure: time is an argument. Selection asks each strategy of a persistence in order. The first
 * whose server still admits persistent clients decides. Then **all** of them learn the server actually used, whatever
 * decided. The fallback is never learned. See `docs/persistence.md`.
 */
export interface PersistenceStrategy {
  /** The decision reason when this strategy decides: `cookie`, `table`, or a word of its own. */
  readonly reason: string;
  /**
   * What it reads of a client, such as `['address']` or `['header:x-site', 'cookie:SESSION']`. A service whose mode
   * does not know all of that refuses the strategy. It should read nothing else: what is not stated here may be gone
   * when a request is sent to another server.
   */
  readonly needs: readonly ClientFact[];
  /** The name of the server that is remembered for this client, unless it has expired. Changes nothing. Hot path. */
  lookup(client: Client, now: Now): string | undefined;
  /**
   * The client goes to this server now: called at selection, before the connection stands, so that parallel
   * first connections of one client agree. Refreshes an existing entry's time. Hot path.
   */
  learn(client: Client, server: string, now: Now): void;
  /**
   * For strategies whose memory several threads share: as `learn`, for a server that balancing chose after
   * `lookup` of this client, unless another thread has learned one for it since then. Hot path.
   *
   * @returns false where another thread has: look again
   */
  claim?(client: Client, server: string, now: Now): boolean;
  /**
   * Undoes a reservation: the server that balancing chose for this client could not be reached. Forgets the
   * entry only if it still names that server.
   */
  forget(client: Client, server: string, now: Now): void;
  /**
   * For strategies whose entries expire: a session of this client on this server lives, or has just ended. Renews
   * the time of the client's entry if it still names that server, and does nothing else. Called every `refreshMs`
   * while a session lives, and at its end. Only the client's address and port can be read.
   */
  refresh?(client: Client, server: string, now: Now): void;
  /**
   * How long an entry keeps for sure after it was renewed, milliseconds; 10 at least are waited. Without it, or with
   * Infinity, entries do not expire and `refresh` is not called.
   */
  readonly refreshMs?: number;
  /**
   * For strategies that live in the client: the value of a `Set-Cookie` header to add to the response, or undefined
   * where the cookie that the client sent is good as it is. Only strategies that need that cookie have this method.
   */
  setCookie?(client: Client, server: string, now: Now): string | undefined;
  /**
   * Tells the names of a pool's servers, at the start and when they change, so that what was remembered
   * before this process started can be read. Names told before stay known.
   */
  register?(names: readonly string[]): void;
  /**
   * The name of the cookie, which is removed from requests before the server sees them. A server's own cookie of that
   * name reaches the client under another one: see `docs/http.md`.
   */
  readonly cookieName?: string;
}

/** Both times of one moment; one object is reused, so read it at once. */
export interface Now {
  /** Monotonic milliseconds, for time to live. */
  readonly nowMs: number;
  /** Wall-clock milliseconds since 1970, for what outlives the process. */
  readonly wallMs: number;
}
