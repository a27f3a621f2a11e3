import { describe, expect, it } from 'vitest';
import { formatCookieValue, serverToken } from '../../../src/persistence/cookie-value.ts';
import { httpCookie } from '../../../src/persistence/http-cookie.ts';
import type { HttpCookieOptions } from '../../../src/persistence/http-cookie-options.ts';
import type { Client } from '../../../src/model/client.ts';
import type { Now, PersistenceStrategy } from '../../../src/persistence/persistence.ts';
import { clientWithCookies, CookieClient } from '../../support/cookie-client.ts';

const startMs = Date.UTC(2023, 5, 5);
const at = (afterMs: number): Now => ({ nowMs: 0, wallMs: startMs + afterMs });
const minute = 60_000;
const hour = 60 * minute;

function strategyOf(
  options: HttpCookieOptions = {},
  servers: readonly string[] = ['a', 'b'],
): PersistenceStrategy {
  const strategy = httpCookie(options).strategies[0]!;
  strategy.register?.(servers);
  return strategy;
}

/** Answers a request at that time: what a response would carry. */
function respond(strategy: PersistenceStrategy, client: CookieClient, server: string, afterMs: number) {
  const header = strategy.setCookie?.(client, server, at(afterMs));
  client.accept(header);
  return header;
}

/** One that sends several cookies of one name. */
function clientWith(...values: string[]): Client {
  return clientWithCookies((_name, nth = 0) => values[nth]);
}

describe('httpCookie', () => {
  it('is one strategy that needs its cookie and names it', () => {
    const { name, strategies } = httpCookie();
    expect(name).toBe('httpCookie');
    expect(strategies.map(({ reason, needs, cookieName }) => [reason, needs, cookieName])).toEqual([
      ['cookie', ['cookie:SERVERID'], 'SERVERID'],
    ]);
  });

  it('sets a whole header: opaque value and safe attributes', () => {
    const header = respond(strategyOf({}, ['INF_PACS1']), new CookieClient(), 'INF_PACS1', 0);
    expect(header).toMatch(/^SERVERID=[0-9a-z]{26}; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(header?.toLowerCase()).not.toContain('pacs');
  });

  it('puts every option into the header', () => {
    const strategy = strategyOf({
      name: '__Secure-id',
      path: '/web',
      domain: 'pacs.example.org',
      httpOnly: false,
      sameSite: 'None',
      secure: true,
    });
    expect(respond(strategy, new CookieClient(), 'a', 0)).toMatch(
      /^__Secure-id=\w{26}; Path=\/web; Domain=pacs.example.org; Secure; SameSite=None$/,
    );
  });

  it('returns a client to its server, in a process that was started later, too', () => {
    const client = new CookieClient();
    respond(strategyOf({ secret: 'x' }), client, 'b', 0);
    const restarted = httpCookie({ secret: 'x' }).strategies[0]!;
    expect(restarted.lookup(client, at(1000))).toBeUndefined();
    restarted.register?.(['a', 'b']);
    expect(restarted.lookup(client, at(1000))).toBe('b');
    expect(strategyOf({ secret: 'y' }).lookup(client, at(1000))).toBeUndefined();
  });

  it('knows the names of all pools that share it, and every server it learned', () => {
    const strategy = strategyOf({}, ['a']);
    const client = new CookieClient();
    strategy.register?.(['b']);
    respond(strategy, client, 'a', 0);
    expect(strategy.lookup(client, at(0))).toBe('a');
    const other = strategyOf({}, []);
    other.learn(client, 'a', at(0));
    expect(other.lookup(client, at(0))).toBe('a');
  });

  it('finds the valid one among several of its name, wherever it stands, in quotation marks as well', () => {
    const strategy = strategyOf();
    const client = new CookieClient();
    respond(strategy, client, 'b', 0);
    const valid = client.cookies.get('SERVERID')!;
    for (const form of [valid, `"${valid}"`]) {
      for (const values of [[form], ['left-over', form], [form, 'x'], ['', 'x', form, 'z'.repeat(26)]]) {
        expect(strategy.lookup(clientWith(...values), at(0))).toBe('b');
        expect(strategy.setCookie?.(clientWith(...values), 'b', at(0))).toBeUndefined();
      }
    }
    for (const form of [`"${valid}`, `${valid}"`, `""${valid}""`, '""', '"']) {
      expect(strategy.lookup(clientWith(form), at(0))).toBeUndefined();
    }
  });

  it('goes by the one issued last where several are valid', () => {
    const strategy = strategyOf();
    const values = ['a', 'b', 'a'].map((server, index) => {
      const client = new CookieClient();
      respond(strategy, client, server, [0, 2000, 1000][index]!);
      return client.cookies.get('SERVERID')!;
    });
    const client = clientWith(...values);
    expect(strategy.lookup(client, at(3000))).toBe('b');
    expect(strategy.setCookie?.(client, 'b', at(3000))).toBeUndefined();
    expect(strategy.setCookie?.(client, 'a', at(3000))).toBeDefined();
  });

  it('is content with a client that knows of one cookie only', () => {
    const strategy = strategyOf();
    const client = new CookieClient();
    respond(strategy, client, 'b', 0);
    const simple = clientWithCookies((name) => client.cookies.get(name));
    expect(strategy.lookup(simple, at(0))).toBe('b');
  });

  it('expires exactly maxIdleMs after it was last seen', () => {
    const strategy = strategyOf();
    const client = new CookieClient();
    respond(strategy, client, 'a', 0);
    expect(strategy.lookup(client, at(30 * minute - 1))).toBe('a');
    expect(strategy.lookup(client, at(30 * minute))).toBeUndefined();
    expect(respond(strategy, client, 'a', 30 * minute)).toBeDefined();
  });

  it('expires exactly maxLifeMs after it was first issued, however often it is used', () => {
    const strategy = strategyOf();
    const client = new CookieClient();
    for (let afterMs = 0; afterMs < 12 * hour; afterMs += 20 * minute) {
      expect(respond(strategy, client, 'a', afterMs)).toBeDefined();
    }
    expect(strategy.lookup(client, at(12 * hour - 1))).toBe('a');
    expect(strategy.lookup(client, at(12 * hour))).toBeUndefined();
    respond(strategy, client, 'a', 12 * hour);
    expect(strategy.lookup(client, at(12 * hour + 20 * minute))).toBe('a');
  });

  it('is set again when a minute old, not with each response', () => {
    const strategy = strategyOf();
    const client = new CookieClient();
    respond(strategy, client, 'a', 0);
    expect(respond(strategy, client, 'a', minute - 1)).toBeUndefined();
    expect(respond(strategy, client, 'a', minute)).toBeDefined();
    expect(respond(strategy, client, 'a', minute + 1)).toBeUndefined();
  });

  it('is set again sooner where it may not idle for long', () => {
    const strategy = strategyOf({ maxIdleMs: 20_000 });
    const client = new CookieClient();
    respond(strategy, client, 'a', 0);
    expect(respond(strategy, client, 'a', 4999)).toBeUndefined();
    expect(respond(strategy, client, 'a', 5000)).toBeDefined();
  });

  it('is set anew, with a new life, for another server', () => {
    const strategy = strategyOf();
    const client = new CookieClient();
    respond(strategy, client, 'a', 0);
    for (let afterMs = 20 * minute; afterMs <= 6 * hour; afterMs += 20 * minute) {
      respond(strategy, client, 'a', afterMs);
    }
    expect(respond(strategy, client, 'b', 6 * hour)).toBeDefined();
    for (let afterMs = 6 * hour; afterMs < 18 * hour; afterMs += 20 * minute) {
      expect(strategy.lookup(client, at(afterMs))).toBe('b');
      respond(strategy, client, 'b', afterMs);
    }
    expect(strategy.lookup(client, at(18 * hour))).toBeUndefined();
  });

  it('bears clocks that differ by a day, and refuses dates beyond', () => {
    const strategy = strategyOf();
    const client = new CookieClient();
    respond(strategy, client, 'a', 24 * hour);
    expect(strategy.lookup(client, at(0))).toBe('a');
    expect(strategy.lookup(client, at(-1))).toBeUndefined();
  });

  it('refuses a first issue in the future beyond that, too, whenever it was last seen', () => {
    const strategy = strategyOf();
    const client = new CookieClient();
    const nowS = startMs / 1000;
    const firstSeen = (hours: number): string =>
      formatCookieValue(serverToken('a', ''), nowS + hours * 3600, nowS);
    client.cookies.set('SERVERID', firstSeen(24));
    expect(strategy.lookup(client, at(0))).toBe('a');
    client.cookies.set('SERVERID', firstSeen(25));
    expect(strategy.lookup(client, at(0))).toBeUndefined();
  });

  it('compares the whole token', () => {
    const strategy = strategyOf();
    const { text } = serverToken('a', '');
    const rest = formatCookieValue(serverToken('a', ''), startMs / 1000, startMs / 1000).slice(text.length);
    for (let digit = 0; digit < text.length; digit++) {
      const client = new CookieClient();
      const other = text[digit] === '0' ? '1' : '0';
      client.cookies.set('SERVERID', text.slice(0, digit) + other + text.slice(digit + 1) + rest);
      expect(strategy.lookup(client, at(0))).toBeUndefined();
    }
  });

  it('never expires with infinite times', () => {
    const strategy = strategyOf({ maxIdleMs: Infinity, maxLifeMs: Infinity });
    const client = new CookieClient();
    respond(strategy, client, 'a', 0);
    expect(strategy.lookup(client, at(100 * 365 * 24 * hour))).toBe('a');
  });

  it.each([
    '',
    '__proto__',
    'constructor',
    '"quoted"',
    'a'.repeat(100_000),
    'z'.repeat(26),
    'Z'.repeat(26),
    '\u00a0'.repeat(26),
    '-'.repeat(26),
    '$Version=1; SERVERID=a',
  ])('takes %j for nobody, and answers with a cookie', (text) => {
    const strategy = strategyOf();
    const client = new CookieClient();
    client.cookies.set('SERVERID', text);
    expect(strategy.lookup(client, at(0))).toBeUndefined();
    expect(strategy.setCookie?.(client, 'a', at(0))).toMatch(/^SERVERID=\w{26};/);
  });

  it.each<[HttpCookieOptions, RegExp]>([
    [{ name: 'a b' }, /name/],
    [{ name: 'a=b' }, /name/],
    [{ name: 'a\r\nX-Evil: 1' }, /name/],
    [{ name: '' }, /name/],
    [{ path: 'web' }, /path/],
    [{ path: '/; Domain=evil' }, /path/],
    [{ path: '/\r\nSet-Cookie: x=y' }, /path/],
    [{ domain: 'a;b' }, /domain/],
    [{ domain: 'example.org\n' }, /domain/],
    [{ sameSite: 'lax' as 'Lax' }, /sameSite/],
    [{ sameSite: 'None' }, /sameSite.*`secure`/],
    [{ name: '__Secure-id' }, /name.*`secure`/],
    [{ name: '__Host-id', secure: true, domain: 'example.org' }, /__Host-/],
    [{ maxIdleMs: 999 }, /maxIdleMs/],
    [{ maxLifeMs: -Infinity }, /maxLifeMs/],
    [{ httpOnly: 1 as unknown as boolean, maxidle: 5 } as HttpCookieOptions, /httpOnly.*\n.*'maxidle'/],
  ])('refuses %j', (options, message) => {
    expect(() => httpCookie(options)).toThrow(message);
  });
});
