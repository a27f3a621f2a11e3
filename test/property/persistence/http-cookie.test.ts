import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { httpCookie } from '../../../src/persistence/http-cookie.ts';
import { CookieClient } from '../../support/cookie-client.ts';

const serverName = fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/);
const names = fc.uniqueArray(serverName, { minLength: 1, maxLength: 8 });
/** From 1970 to the end of 2999. */
const time = fc.nat({ max: Date.UTC(3000, 0, 1) });
const idle = fc.integer({ min: 1000, max: 3_600_000 });

describe('httpCookie', () => {
  it('brings back the server it was set for, within its times exactly', () => {
    fc.assert(
      fc.property(
        names,
        fc.nat(),
        fc.string(),
        time,
        idle,
        idle,
        fc.nat(),
        (servers, choice, secret, ...times) => {
          const [wallMs, maxIdleMs, maxLifeMs, waited] = times;
          const server = servers[choice % servers.length]!;
          const strategy = httpCookie({ secret, maxIdleMs, maxLifeMs }).strategies[0]!;
          strategy.register?.(servers);
          const client = new CookieClient();
          client.accept(strategy.setCookie?.(client, server, { nowMs: 0, wallMs }));
          const issuedMs = Math.floor(wallMs / 1000) * 1000;
          const limitMs = Math.min(maxIdleMs, maxLifeMs);
          for (const ageMs of [limitMs - 1, limitMs, waited % (2 * limitMs)]) {
            const remembered = strategy.lookup(client, { nowMs: 0, wallMs: issuedMs + ageMs });
            expect(remembered).toBe(ageMs < limitMs ? server : undefined);
          }
        },
      ),
    );
  });

  it('never throws, and never names a server that is not registered, whatever the cookie says', () => {
    const strategy = httpCookie().strategies[0]!;
    strategy.register?.(['a', 'b']);
    const wallMs = Date.UTC(2023, 5, 5);
    const good = new CookieClient();
    good.accept(strategy.setCookie?.(good, 'a', { nowMs: 0, wallMs }));
    const value = good.cookie('SERVERID') ?? '';
    const edited = fc
      .tuple(fc.nat({ max: value.length }), fc.nat({ max: 3 }), fc.string({ maxLength: 3 }))
      .map(([at, cut, text]) => value.slice(0, at) + text + value.slice(at + cut));
    const sameForm = fc.stringMatching(/^[0-9a-z]{26}$/);
    const anything = fc.string({ unit: 'binary', maxLength: 200 });
    fc.assert(
      fc.property(fc.oneof(edited, sameForm, anything), (text) => {
        const client = new CookieClient();
        client.cookies.set('SERVERID', text);
        expect([undefined, 'a', 'b']).toContain(strategy.lookup(client, { nowMs: 0, wallMs }));
        const header = strategy.setCookie?.(client, 'b', { nowMs: 0, wallMs });
        expect(header ?? '').toMatch(/^(SERVERID=[0-9a-z]{26}; Path=\/; HttpOnly; SameSite=Lax)?$/);
      }),
      { numRuns: 2000 },
    );
  });

  it('has another token for every name and every secret', () => {
    fc.assert(
      fc.property(names, fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 3 }), (servers, secrets) => {
        const values = secrets.flatMap((secret) =>
          servers.map((server) => {
            const strategy = httpCookie({ secret }).strategies[0]!;
            return strategy.setCookie?.(new CookieClient(), server, { nowMs: 0, wallMs: 0 });
          }),
        );
        expect(new Set(values).size).toBe(servers.length * secrets.length);
      }),
    );
  });
});
