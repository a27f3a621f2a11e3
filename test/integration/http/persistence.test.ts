import { afterEach, describe, expect, it } from 'vitest';
import { chain } from '../../../src/persistence/chain.ts';
import { httpCookie } from '../../../src/persistence/http-cookie.ts';
import type { Persistence } from '../../../src/persistence/persistence.ts';
import { sourceIp } from '../../../src/persistence/source-ip.ts';
import { closedPort } from '../../support/closed-port.ts';
import {
  closeAll,
  fetchFrom,
  get,
  openHttpServer,
  openHttpService,
  RawClient,
} from '../../support/http-harness.ts';

afterEach(closeAll);

/** Two servers that answer their names. */
async function openPair(): Promise<{
  readonly ports: readonly [number, number];
  readonly cookies: () => unknown[];
}> {
  const [first, second] = [await openHttpServer('A'), await openHttpServer('B')];
  return {
    ports: [first.port, second.port],
    cookies: () => [...first.requests, ...second.requests].map((request) => request.headers.cookie),
  };
}

/** What a browser does with `Set-Cookie`: keeps the name and the value. */
function cookieOf(setCookie: readonly string[] | undefined): string {
  return setCookie?.[0]?.split(';')[0] ?? '';
}

describe('cookie persistence', () => {
  it('sets a cookie once, keeps the client on its server, and hides the cookie from it', async () => {
    const { ports, cookies } = await openPair();
    const service = await openHttpService({ servers: ports, persistence: httpCookie() });
    const decisions = service.record('decisionMade');
    const first = await fetchFrom(service.port);
    const cookie = cookieOf(first.headers['set-cookie']);
    expect(cookie).toMatch(/^SERVERID=[^;]+$/);
    expect(cookie).not.toContain('127.0.0.1');
    expect(first.headers['cache-control']).toBe('private');
    for (let index = 0; index < 5; index++) {
      const again = await fetchFrom(service.port, { headers: { Cookie: `a=1; ${cookie}; b=2` } });
      expect(again.body).toEqual(first.body);
      expect(again.headers['set-cookie']).toBeUndefined();
      expect(again.headers['cache-control']).toBeUndefined();
    }
    expect(cookies()).toEqual([undefined, ...Array<string>(5).fill('a=1; b=2')]);
    expect(decisions.map((decision) => decision.reason)).toEqual([
      'balance',
      ...Array<string>(5).fill('cookie'),
    ]);
  });

  it('balances clients without the cookie', async () => {
    const { ports } = await openPair();
    const service = await openHttpService({ servers: ports, persistence: httpCookie() });
    const bodies = [await fetchFrom(service.port), await fetchFrom(service.port)].map(({ body }) =>
      String(body),
    );
    expect(bodies.sort()).toEqual(['A', 'B']);
  });

  it.each([
    ['unknown', 'SERVERID=nonsense'],
    ['empty', 'SERVERID='],
    ['quoted', 'SERVERID="x"'],
    ['twice', 'SERVERID=a; SERVERID=b'],
    ['a name of Object.prototype', 'SERVERID=__proto__; constructor=1'],
    ['long', `SERVERID=${'x'.repeat(10_000)}`],
    ['beyond ASCII', 'SERVERID=\u00a0\u00ff'],
  ])('gives a new cookie for one that is %s', async (_name, cookie) => {
    const { ports, cookies } = await openPair();
    const service = await openHttpService({ servers: ports, persistence: httpCookie() });
    const client = await RawClient.connect(service.port);
    const response = await client.ask(get('/', `Cookie: ${cookie}`));
    expect(response).toMatch(/^HTTP\/1.1 200 .*\r\nSet-Cookie: SERVERID=/s);
    expect(String(cookies()[0])).not.toContain('SERVERID');
  });

  it('honours the cookie of a draining server, not that of a halted one', async () => {
    const { ports } = await openPair();
    const service = await openHttpService({ servers: ports, persistence: httpCookie() });
    const first = await fetchFrom(service.port);
    const name = String(first.body);
    const headers = { Cookie: cookieOf(first.headers['set-cookie']) };

    service.pool.setAdminState(name, 'drain');
    expect(String((await fetchFrom(service.port, { headers })).body)).toBe(name);
    expect(String((await fetchFrom(service.port)).body)).not.toBe(name);

    service.pool.setAdminState(name, 'halt');
    const moved = await fetchFrom(service.port, { headers });
    expect(String(moved.body)).not.toBe(name);
    expect(cookieOf(moved.headers['set-cookie'])).toMatch(/^SERVERID=/);
  });

  it('gives a cookie for the server that took over after a redispatch', async () => {
    const live = await openHttpServer('B');
    const service = await openHttpService({
      servers: [await closedPort(), live.port],
      persistence: httpCookie(),
      pool: { passiveHealth: false },
    });
    // A cookie for the dead server A, from a time when it was alive.
    const before = await openHttpServer('A');
    const earlier = await openHttpService({ servers: [before.port], persistence: httpCookie() });
    const cookie = cookieOf((await fetchFrom(earlier.port)).headers['set-cookie']);

    const decisions = service.record('decisionMade');
    const answer = await fetchFrom(service.port, { headers: { Cookie: cookie } });
    expect(answer.status).toBe(200);
    expect(String(answer.body)).toBe('B');
    const next = cookieOf(answer.headers['set-cookie']);
    expect(next).not.toBe(cookie);
    expect(decisions.map(({ reason, server }) => [reason, server])).toEqual([
      ['cookie', 'A'],
      ['redispatch', 'B'],
    ]);
    const after = await fetchFrom(service.port, { headers: { Cookie: next } });
    expect(after.headers['set-cookie']).toBeUndefined();
  });

  it('never sends a header that a strategy of somebody’s own would split', async () => {
    const { ports } = await openPair();
    const persistence: Persistence = {
      name: 'own',
      strategies: [
        {
          reason: 'own',
          needs: ['cookie:JSESSIONID', 'cookie:OWN'],
          cookieName: 'OWN',
          lookup: (client) => client.cookie('JSESSIONID'),
          learn: () => undefined,
          forget: () => undefined,
          setCookie: () => 'OWN=1\r\nX-Evil: 1',
        },
      ],
    };
    const service = await openHttpService({ servers: ports, persistence });
    const client = await RawClient.connect(service.port);
    const response = await client.ask(get('/', 'Cookie: JSESSIONID=B; OWN=1'));
    expect(response).toMatch(/B$/);
    expect(response).not.toMatch(/OWN|Evil/);
    expect(await client.ask(get('/', 'Cookie: JSESSIONID=A'))).toMatch(/A$/);
  });
});

describe('cookie and source IP', () => {
  it('the table returns a client without a cookie, and it gets one', async () => {
    const { ports } = await openPair();
    const service = await openHttpService({ servers: ports, persistence: chain(httpCookie(), sourceIp()) });
    const decisions = service.record('decisionMade');
    const first = await fetchFrom(service.port);
    const second = await fetchFrom(service.port);
    expect(second.body).toEqual(first.body);
    expect(cookieOf(second.headers['set-cookie'])).toBe(cookieOf(first.headers['set-cookie']));
    expect(decisions.map(({ reason }) => reason)).toEqual(['balance', 'table']);
  });

  it('the cookie counts for more than the table, and the table learns what the cookie said', async () => {
    const { ports } = await openPair();
    const cookies = httpCookie();
    const service = await openHttpService({ servers: ports, persistence: chain(cookies, sourceIp()) });
    const here = String((await fetchFrom(service.port)).body);
    const elsewhere = await openHttpService({ servers: ports, persistence: cookies });
    let other = await fetchFrom(elsewhere.port);
    if (String(other.body) === here) other = await fetchFrom(elsewhere.port);
    expect(String(other.body)).not.toBe(here);

    const headers = { Cookie: cookieOf(other.headers['set-cookie']) };
    expect((await fetchFrom(service.port, { headers })).body).toEqual(other.body);
    expect((await fetchFrom(service.port)).body).toEqual(other.body);
  });

  it('first requests of one client in parallel agree', async () => {
    const { ports } = await openPair();
    const service = await openHttpService({ servers: ports, persistence: chain(httpCookie(), sourceIp()) });
    const answers = await Promise.all(Array.from({ length: 10 }, () => fetchFrom(service.port)));
    expect(new Set(answers.map(({ body }) => String(body))).size).toBe(1);
  });

  it('the fallback is not learned and sets no cookie', async () => {
    const { ports } = await openPair();
    const fallback = await openHttpServer('sorry');
    const persistence = chain(httpCookie(), sourceIp());
    const service = await openHttpService({
      servers: ports,
      persistence,
      http: { fallback: { server: { host: '127.0.0.1', port: fallback.port } } },
    });
    const decisions = service.record('decisionMade');
    for (const name of ['A', 'B']) service.pool.setAdminState(name, 'halt');
    const sorry = await fetchFrom(service.port);
    expect(String(sorry.body)).toBe('sorry');
    expect(sorry.headers['set-cookie']).toBeUndefined();
    for (const name of ['A', 'B']) service.pool.setAdminState(name, 'online');
    expect(String((await fetchFrom(service.port)).body)).toMatch(/^[AB]$/);
    expect(decisions.map(({ reason, server }) => [reason, server === undefined])).toEqual([
      ['fallback', true],
      ['balance', false],
    ]);
    expect(service.leases).toBe(0);
  });
});
