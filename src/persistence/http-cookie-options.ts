import type { OptionReader } from '../base/options.ts';

/** The cookie, and how long it counts. */
export interface HttpCookieOptions {
  /** The cookie's name: a token as in RFC 6265, 1 to 128 characters. @default 'SERVERID' */
  readonly name?: string;
  /** Milliseconds without a request after which a cookie counts no more; 1000 to a year, or Infinity. @default 30 min */
  readonly maxIdleMs?: number;
  /** Milliseconds after its first issue at which a cookie counts no more; 1000 to a year, or Infinity. @default 12 h */
  readonly maxLifeMs?: number;
  /** Makes tokens unguessable; the same on all units of a pair, and across restarts. @default none */
  readonly secret?: string;
  /** The cookie's path: starts with `/`, up to 256 visible ASCII characters without `;`. @default '/' */
  readonly path?: string;
  /** A host name; without one the cookie goes only to the host that set it. @default none */
  readonly domain?: string;
  /** Out of the reach of scripts. @default true */
  readonly httpOnly?: boolean;
  /** `None` needs `secure`, or browsers refuse the cookie. @default 'Lax' */
  readonly sameSite?: 'Strict' | 'Lax' | 'None';
  /** Over HTTPS only. @default false */
  readonly secure?: boolean;
}

/** {@link HttpCookieOptions}, complete; an empty `secret` is none. */
export interface ResolvedHttpCookieOptions extends Required<Omit<HttpCookieOptions, 'domain'>> {
  readonly domain: string | undefined;
}

/** Name and times are the defaults of HAProxy-based appliances: `cookie SERVERID maxidle 30m maxlife 12h`. */
export const httpCookieDefaults: ResolvedHttpCookieOptions = {
  name: 'SERVERID',
  maxIdleMs: 30 * 60_000,
  maxLifeMs: 12 * 60 * 60_000,
  secret: '',
  path: '/',
  domain: undefined,
  httpOnly: true,
  sameSite: 'Lax',
  secure: false,
};

const cookieName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;
/** Visible ASCII except `;`: nothing that could end the attribute or the header. */
const cookiePath = /^\/[\x21-\x3a\x3c-\x7e]{0,255}$/;
const hostName = /^\.?[0-9A-Za-z]([0-9A-Za-z-]*[0-9A-Za-z])?(\.[0-9A-Za-z]([0-9A-Za-z-]*[0-9A-Za-z])?)*$/;

const maxTimeMs = 31_536_000_000;

/** Reads all options, each fit for a header. */
export function readHttpCookieOptions(reader: OptionReader): ResolvedHttpCookieOptions {
  const defaults = httpCookieDefaults;
  const name = { pattern: cookieName, expected: 'a cookie name of RFC 6265, at most 128 characters' };
  const path = { pattern: cookiePath, expected: "a path that starts with '/', without ';' or spaces" };
  const domain = { pattern: hostName, expected: 'a host name' };
  const times = { min: 1000, max: maxTimeMs };
  const options: ResolvedHttpCookieOptions = {
    name: reader.string('name', { ...name, default: defaults.name }),
    maxIdleMs: reader.limit('maxIdleMs', { ...times, default: defaults.maxIdleMs }),
    maxLifeMs: reader.limit('maxLifeMs', { ...times, default: defaults.maxLifeMs }),
    secret: reader.string('secret', { pattern: /^/, expected: 'a string', default: defaults.secret }),
    path: reader.string('path', { ...path, default: defaults.path }),
    domain: reader.string('domain', { ...domain, default: defaults.domain }),
    httpOnly: reader.boolean('httpOnly', { default: defaults.httpOnly }),
    sameSite: reader.oneOf('sameSite', ['Strict', 'Lax', 'None'], { default: defaults.sameSite }),
    secure: reader.boolean('secure', { default: defaults.secure }),
  };
  reportWhatBrowsersRefuse(reader, options);
  return options;
}

/** Browsers drop such cookies silently, and persistence is lost with them. */
function reportWhatBrowsersRefuse(reader: OptionReader, options: ResolvedHttpCookieOptions): void {
  const { name, sameSite, secure, path, domain } = options;
  if (sameSite === 'None' && !secure) reader.problem('sameSite', "'Lax' or 'Strict' if `secure` is false");
  if (/^__(Secure|Host)-/i.test(name) && !secure)
    reader.problem('name', "no prefix '__Secure-' or '__Host-' if `secure` is false");
  if (/^__Host-/i.test(name) && (path !== '/' || domain !== undefined)) {
    reader.problem('name', "no prefix '__Host-' if there is a `domain`, or a `path` other than '/'");
  }
}

/** Everything of a `Set-Cookie` header after the cookie's value. */
export function cookieAttributes(options: ResolvedHttpCookieOptions): string {
  const { path, domain, httpOnly, sameSite, secure } = options;
  const parts = [`Path=${path}`];
  if (domain !== undefined) parts.push(`Domain=${domain}`);
  if (httpOnly) parts.push('HttpOnly');
  if (secure) parts.push('Secure');
  parts.push(`SameSite=${sameSite}`);
  return parts.map((part) => `; ${part}`).join('');
}
