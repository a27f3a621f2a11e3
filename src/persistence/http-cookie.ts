import type { Client, ClientFact } from '../model/client.ts';
import { OptionReader } from '../base/options.ts';
import { CookieValue, formatCookieValue, serverToken, type ServerToken } from './cookie-value.ts';
import {
  cookieAttributes,
  readHttpCookieOptions,
  type HttpCookieOptions,
  type ResolvedHttpCookieOptions,
} from './http-cookie-options.ts';
import type { Now, Persistence, PersistenceStrategy } from './persistence.ts';

/** How far a clock may be ahead of ours, as in HAProxy: cookies of a later date do not count. */
const maxAheadMs = 24 * 60 * 60_000;

/** Cookies of one name that are looked at: more than browsers hold for a host (RFC 6265, section 6.1). */
const maxCookies = 50;

/** A cookie last seen longer ago than this, or a quarter of its idle time, is issued again. */
const maxStampAgeMs = 60_000;

/**
 * Returns an HTTP client to its server by a cookie. It holds a keyed hash of the server's name, which means nothing
 * to those who do not know the name, and when the cookie was first and last issued.
 *
 * The idle time slides without a cookie in every response: one is sent again when its stamp is a minute old, or a
 * quarter of `maxIdleMs` where that is less. Stamps are whole seconds, rounded down, so a cookie may expire up to a
 * second early.
 *
 * @throws OptionsError with every wrong option
 */
export function httpCookie(options: HttpCookieOptions = {}): Persistence {
  const reader = new OptionReader('httpCookie', options);
  const resolved = readHttpCookieOptions(reader);
  reader.finish();
  return httpCookieBy(resolved);
}

/** The persistence, from options that were already read. */
export function httpCookieBy(options: ResolvedHttpCookieOptions): Persistence {
  return { name: 'httpCookie', strategies: [new HttpCookieStrategy(Object.freeze(options))] };
}

/** Use {@link httpCookie}, which checks. */
export class HttpCookieStrategy implements PersistenceStrategy {
  readonly reason = 'cookie';
  readonly needs: readonly ClientFact[];
  readonly cookieName: string;
  readonly options: ResolvedHttpCookieOptions;
  readonly #attributes: string;
  readonly #maxStampAgeMs: number;
  readonly #tokens = new Map<string, ServerToken>();
  /** The same tokens by their first half; the few that may share one stand in one list. */
  readonly #byHigh = new Map<number, ServerToken[]>();
  readonly #value = new CookieValue();
  /** What `#value` was read from: an exchange asks for the same one twice. */
  #text = '';
  #isValid = false;

  constructor(options: ResolvedHttpCookieOptions) {
    this.options = options;
    this.cookieName = options.name;
    this.needs = [`cookie:${options.name}`];
    this.#attributes = cookieAttributes(options);
    this.#maxStampAgeMs = Math.min(maxStampAgeMs, options.maxIdleMs / 4);
  }

  /** Names stay known: services that share this instance each tell their own. */
  register(names: readonly string[]): void {
    for (const name of names) this.#tokenOf(name);
  }

  /** Hot path. */
  lookup(client: Client, now: Now): string | undefined {
    return this.#read(client, now)?.server;
  }

  learn(_client: Client, server: string): void {
    this.#tokenOf(server);
  }

  /** Nothing to undo: only `setCookie` changes what the client holds. */
  forget(): void {}

  setCookie(client: Client, server: string, now: Now): string | undefined {
    const remembered = this.#read(client, now);
    const same = remembered?.server === server;
    if (same && now.wallMs - this.#value.lastSeenS * 1000 < this.#maxStampAgeMs) return undefined;
    const nowS = Math.floor(now.wallMs / 1000);
    const value = formatCookieValue(this.#tokenOf(server), same ? this.#value.firstSeenS : nowS, nowS);
    return `${this.cookieName}=${value}${this.#attributes}`;
  }

  /**
   * The server of a valid cookie; `#value` then has its parts. Of several cookies, the one issued last counts: what
   * this strategy sets is found again, whatever an older cookie of another path says. Never throws.
   */
  #read(client: Client, now: Now): ServerToken | undefined {
    let found: ServerToken | undefined;
    let foundText = '';
    let lastSeenS = -1;
    for (let nth = 0; nth < maxCookies; nth++) {
      const text = client.cookie(this.cookieName, nth);
      if (text === undefined) break;
      const token = this.#tokenIn(text, now);
      if (token === undefined || this.#value.lastSeenS <= lastSeenS) continue;
      found = token;
      foundText = text;
      lastSeenS = this.#value.lastSeenS;
    }
    if (found !== undefined) this.#parse(foundText);
    return found;
  }

  /** The server of one cookie, if it is valid; `#value` then has its parts. */
  #tokenIn(text: string, now: Now): ServerToken | undefined {
    if (!this.#parse(text)) return undefined;
    const value = this.#value;
    const idleMs = now.wallMs - value.lastSeenS * 1000;
    const lifeMs = now.wallMs - value.firstSeenS * 1000;
    if (idleMs >= this.options.maxIdleMs || lifeMs >= this.options.maxLifeMs) return undefined;
    if (idleMs < -maxAheadMs || lifeMs < -maxAheadMs) return undefined;
    for (const token of this.#byHigh.get(value.high) ?? noTokens) {
      if (token.low === value.low) return token;
    }
    return undefined;
  }

  #parse(text: string): boolean {
    if (text !== this.#text) {
      this.#text = text;
      this.#isValid = this.#value.parse(text);
    }
    return this.#isValid;
  }

  #tokenOf(server: string): ServerToken {
    const known = this.#tokens.get(server);
    if (known !== undefined) return known;
    const token = serverToken(server, this.options.secret);
    this.#tokens.set(server, token);
    this.#byHigh.set(token.high, [...(this.#byHigh.get(token.high) ?? noTokens), token]);
    return token;
  }
}

const noTokens: readonly ServerToken[] = [];
