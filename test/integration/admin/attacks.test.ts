import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import type { OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Admin } from '../../../src/admin.ts';
import { systemRuntime, type Runtime } from '../../../src/index.ts';
import { VirtualClock } from '../../../src/testing.ts';
import { AdminScene, cheapHash, password, someUsers, tokenOf, type Answer } from './admin-scene.ts';

let scene: AdminScene;

beforeEach(async () => {
  scene = new AdminScene();
  await scene.start();
  await scene.open();
});

afterEach(async () => {
  await scene.close();
});

/** What is done, and the statuses that it gets, or something that tells them. */
type Attack = readonly [what: string, act: () => Promise<unknown>, expected: unknown];

const status = async (answer: Promise<Answer>): Promise<number> => (await answer).status;
const get = (path: string, headers: OutgoingHttpHeaders = {}): Promise<number> =>
  status(scene.ask(path, { headers }));
const post = (path: string, body: unknown, headers: OutgoingHttpHeaders = {}): Promise<number> =>
  status(scene.ask(path, { method: 'POST', body, headers }));
const logIn = (body: unknown, headers: OutgoingHttpHeaders = {}): Promise<Answer> =>
  scene.ask('/v1/session', { method: 'POST', body, headers });
const operator = (): OutgoingHttpHeaders => ({ authorization: `Bearer ${tokenOf('operator')}` });

/** Sends bytes as they are. @returns the statuses of all answers until the connection ends */
async function raw(text: string): Promise<readonly number[]> {
  const socket = connect(Number(scene.url.port), '127.0.0.1');
  // A server that has heard enough resets; `once` would fail then.
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.write(text);
  let answers = '';
  socket.on('data', (chunk: Buffer) => (answers += chunk.toString('latin1')));
  await closed;
  return [...answers.matchAll(/^HTTP\/1\.1 (\d{3})/gmu)].map(([, code]) => Number(code));
}

/** The head of a request that ends its connection. */
const head = (path: string, ...lines: readonly string[]): string =>
  [`GET ${path} HTTP/1.1`, ...lines, 'Connection: close', '', ''].join('\r\n');

/** An order of a user's own browser, but for some headers. */
async function orderWith(headers: OutgoingHttpHeaders, body: unknown = { server: 's1' }): Promise<number> {
  const browser = await scene.logIn('operator');
  return status(browser.post('/v1/halt', body, headers));
}

const tables: Readonly<Record<string, readonly Attack[]>> = {
  'a stolen or forged log-in': [
    ['no log-in', () => get('/v1/overview'), 401],
    ['a made-up cookie', () => get('/v1/overview', { cookie: `sluice-${scene.url.port}=made-up` }), 401],
    ['an empty cookie', () => get('/v1/overview', { cookie: `sluice-${scene.url.port}=` }), 401],
    [
      'a cookie beside the real one, as another service of this host could set it',
      async () => {
        const { cookie } = await scene.logIn('viewer');
        return get('/v1/overview', { cookie: `${cookie}; sluice-${scene.url.port}=other` });
      },
      401,
    ],
    [
      'a log-in whose id the attacker chose before (session fixation)',
      async () => {
        const chosen = `sluice-${scene.url.port}=chosen`;
        const answer = await logIn({ user: 'viewer', password }, { cookie: chosen });
        return [
          answer.headers['set-cookie']![0]!.startsWith(chosen),
          await get('/v1/overview', { cookie: chosen }),
        ];
      },
      [false, 401],
    ],
    [
      'a cookie after the log-out',
      async () => {
        const browser = await scene.logIn('viewer');
        await browser.post('/v1/session/end');
        return status(browser.get('/v1/overview'));
      },
      401,
    ],
    [
      'a cookie that scripts or other sites get',
      async () => (await logIn({ user: 'viewer', password })).headers['set-cookie']![0],
      expect.stringMatching(/^sluice-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/u),
    ],
    ['a made-up token', () => get('/v1/overview', { authorization: 'Bearer sluice_made-up' }), 401],
    [
      'a token of another case',
      () => get('/v1/overview', { authorization: `Bearer ${tokenOf('admin').toUpperCase()}` }),
      401,
    ],
    [
      'a password in place of a token',
      () => get('/v1/overview', { authorization: `Basic ${btoa(`admin:${password}`)}` }),
      401,
    ],
    ['a token in the query', () => get(`/v1/overview?access_token=${tokenOf('admin')}`), 401],
    [
      'a wrong token with a good cookie',
      async () => status((await scene.logIn('viewer')).get('/v1/overview', { authorization: 'Bearer x' })),
      401,
    ],
    [
      'a hash of a token from the file',
      () => get('/v1/overview', { authorization: `Bearer ${'0'.repeat(64)}` }),
      401,
    ],
  ],
  'an order from another site': [
    ['no csrf', () => orderWith({ 'sluice-csrf': '' }), 403],
    ['a made-up csrf', () => orderWith({ 'sluice-csrf': 'x'.repeat(43) }), 403],
    [
      'the csrf of another log-in',
      async () => orderWith({ 'sluice-csrf': (await scene.logIn('viewer')).csrf }),
      403,
    ],
    ['another origin', () => orderWith({ origin: 'https://evil.example' }), 403],
    ['no origin (a sandboxed frame)', () => orderWith({ origin: 'null' }), 403],
    ['another port of this host', () => orderWith({ origin: 'http://127.0.0.1:1' }), 403],
    ['an origin with a user', () => orderWith({ origin: `http://x@127.0.0.1:${scene.url.port}` }), 403],
    ['the origin of the page itself', () => orderWith({ origin: scene.url.origin }), 200],
    ['a browser that says cross-site', () => orderWith({ 'sec-fetch-site': 'cross-site' }), 403],
    ['a browser that says same-site', () => orderWith({ 'sec-fetch-site': 'same-site' }), 403],
    ['a form', () => orderWith({ 'content-type': 'application/x-www-form-urlencoded' }), 415],
    ['a form of text', () => orderWith({ 'content-type': 'text/plain' }), 415],
    ['a form of files', () => orderWith({ 'content-type': 'multipart/form-data; boundary=x' }), 415],
    ['no type', () => orderWith({ 'content-type': '' }), 415],
    [
      'a log-in from there',
      async () => status(logIn({ user: 'viewer', password }, { origin: 'https://evil.example' })),
      403,
    ],
    ['a log-in by a form', async () => status(logIn('user=viewer', { 'content-type': 'text/plain' })), 415],
    [
      'a question from there',
      () => get('/v1/overview', { ...operator(), 'sec-fetch-site': 'cross-site' }),
      403,
    ],
    ['an order by GET', () => get('/v1/halt?server=s1', operator()), 405],
    [
      'an order by GET that means POST',
      () => get('/v1/halt?server=s1', { ...operator(), 'x-http-method-override': 'POST' }),
      405,
    ],
    [
      'what a browser asks before (CORS)',
      async () => {
        const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
        const answer = await scene.ask('/v1/halt', { method: 'OPTIONS', headers });
        return [answer.status, answer.headers['access-control-allow-origin']];
      },
      [403, undefined],
    ],
    [
      'other methods',
      () =>
        Promise.all(
          ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'].map((method) =>
            status(scene.ask('/v1/halt', { method })),
          ),
        ),
      [405, 405, 405, 405, 405],
    ],
  ],
  'another name for this server (DNS rebinding)': [
    ['a name of somebody', () => get('/v1/overview', { host: 'evil.example' }), 421],
    ['the same for the page', () => get('/', { host: 'evil.example' }), 421],
    ['a name that begins like a good one', () => get('/', { host: 'localhost.evil.example' }), 421],
    ['a name behind a user', () => get('/', { host: 'localhost@evil.example' }), 421],
    ['another address', () => get('/', { host: '192.0.2.1' }), 421],
    ['an address as a number', () => get('/', { host: '2130706433' }), 421],
    ['a forwarded name', () => get('/', { host: 'evil.example', 'x-forwarded-host': 'localhost' }), 421],
    ['no name', () => raw(head('/')), [400]],
    ['two names', () => raw(head('/', 'Host: 127.0.0.1', 'Host: evil.example')), [421]],
    ['an empty name', () => raw(head('/', 'Host:')), [421]],
    ['an absolute address', () => raw(head('http://127.0.0.1/v1/overview', 'Host: 127.0.0.1')), [404]],
  ],
  'a path around the rules': [
    ...[
      '/../../etc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/..%2f..%2fetc%2fpasswd',
      '/page.js/../../users.json',
      '/users.json',
      '/page.js.map',
      '/index.html',
      '/v1/../v1/overview',
      '/v1//overview',
      '/v1/overview/',
      '/V1/Overview',
      '/v1/overview%00',
      '/v1/overview;x=1',
      '/v1/%6fverview',
      '//evil.example/v1/overview',
      '/v1/__proto__',
      '/constructor',
      '/toString',
    ].map((path): Attack => [path, () => get(path, operator()), 404]),
    ['*', async () => status(scene.ask('*', { method: 'GET', headers: operator() })), 404],
  ],
  'what a head may not be': [
    ['a line break in a header', () => raw(head('/', 'Host: 127.0.0.1', 'X: a\rSet-Cookie: b')), [400]],
    [
      'a length and chunks',
      () => raw(head('/', 'Host: 127.0.0.1', 'Content-Length: 5', 'Transfer-Encoding: chunked')),
      [400],
    ],
    ['two lengths', () => raw(head('/', 'Host: 127.0.0.1', 'Content-Length: 5', 'Content-Length: 6')), [400]],
    ['an unknown encoding', () => raw(head('/', 'Host: 127.0.0.1', 'Transfer-Encoding: xchunked')), [400]],
    ['a space before the colon', () => raw(head('/', 'Host : 127.0.0.1')), [400]],
    ['a head of 100 KB', () => raw(head('/', 'Host: 127.0.0.1', `X: ${'x'.repeat(100_000)}`)), [431]],
    ['an address of 100 KB', () => raw(head(`/${'x'.repeat(100_000)}`, 'Host: 127.0.0.1')), [431]],
    [
      'a line break in a name',
      async () => {
        const answer = await logIn({ user: 'viewer\r\nSet-Cookie: a=b', password });
        return [answer.status, answer.headers['set-cookie']];
      },
      [401, undefined],
    ],
  ],
  'a body': [
    ['that is no JSON', () => post('/v1/halt', '{', operator()), 400],
    [
      'that is too large, from nobody',
      async () => status(logIn({ user: 'viewer', password: 'x'.repeat(20_000) })),
      400,
    ],
    [
      'that is too large for users',
      () =>
        post('/v1/users/set', { name: 'x'.repeat(100_000) }, { authorization: `Bearer ${tokenOf('admin')}` }),
      400,
    ],
    ['that is deep', () => post('/v1/halt', '['.repeat(30_000), operator()), 400],
    ['with a prototype', () => post('/v1/halt', '{"__proto__":{"server":"s1"}}', operator()), 400],
    ['with a role', async () => status(logIn({ user: 'viewer', password, role: 'admin' })), 400],
    [
      'with a prototype that has a role',
      async () => status(logIn(`{"user":"viewer","password":"x","__proto__":{"role":"admin"}}`)),
      400,
    ],
    ['with an object for a name', async () => status(logIn({ user: { toString: 'x' }, password })), 400],
    ['with a list for a password', async () => status(logIn({ user: 'viewer', password: [password] })), 400],
    [
      'with a constructor',
      async () => {
        await post('/v1/online', '{"constructor":{"prototype":{"polluted":true}},"server":"s1"}', operator());
        return 'polluted' in {};
      },
      false,
    ],
    ['a query with a prototype', () => get('/v1/overview?__proto__[role]=admin', operator()), 400],
    ['a query with a role', () => get('/v1/session?role=admin', operator()), 400],
  ],
  'more than a role may': [
    [
      'a viewer who drains',
      () => post('/v1/drain', { server: 's1' }, { authorization: `Bearer ${tokenOf('viewer')}` }),
      403,
    ],
    [
      'a viewer who makes itself an administrator',
      async () =>
        status((await scene.logIn('viewer')).post('/v1/users/set', { name: 'viewer', role: 'admin' })),
      403,
    ],
    [
      'an operator who applies a configuration',
      () => post('/v1/apply', { configuration: {} }, operator()),
      403,
    ],
    [
      'an operator who makes a token',
      () => post('/v1/tokens/add', { name: 'x', role: 'admin' }, operator()),
      403,
    ],
    ['an operator who takes a backup', () => get('/v1/backup', operator()), 403],
    [
      'a token that logs itself in',
      () => post('/v1/session/password', { oldPassword: 'x', newPassword: 'a longer password' }, operator()),
      409,
    ],
    [
      'a role that was taken away, with the old log-in',
      async () => {
        const browser = await scene.logIn('operator');
        const asAdmin = { authorization: `Bearer ${tokenOf('admin')}` };
        await post('/v1/users/set', { name: 'operator', role: 'viewer' }, asAdmin);
        return status(browser.post('/v1/halt', { server: 's1' }));
      },
      403,
    ],
  ],
};

describe.each(Object.entries(tables))('%s', (_, attacks) => {
  it.each(attacks)('%s', async (_what, act, expected) => {
    expect(await act()).toEqual(expected);
  });
});

describe('guesses', () => {
  const guess = async (user: string, text: string, headers: OutgoingHttpHeaders = {}): Promise<number> =>
    status(logIn({ user, password: text }, headers));

  it('are slowed down, with the right password as well', async () => {
    const statuses = [];
    for (let count = 0; count < 3; count++) statuses.push(await guess('viewer', 'wrong'));
    const slowed = await logIn({ user: 'viewer', password });
    expect([...statuses, slowed.status]).toEqual([401, 401, 401, 429]);
    expect(slowed.headers['retry-after']).toBe('1');
    // Nobody else is.
    expect(await guess('operator', password)).toBe(200);
  });

  it('are slowed down whatever a proxy is said to have forwarded', async () => {
    for (let count = 0; count < 3; count++)
      await guess('viewer', 'wrong', { 'x-forwarded-for': `10.0.0.${count}` });
    expect(await guess('viewer', password, { 'x-forwarded-for': '10.0.0.9' })).toBe(429);
  });

  it('at the same time are no more than those one after the other', async () => {
    const statuses = await Promise.all(Array.from({ length: 20 }, () => guess('viewer', 'wrong')));
    expect(statuses.filter((code) => code === 401)).toHaveLength(3);
    expect(statuses.filter((code) => code === 429)).toHaveLength(17);
  });

  it('of many users from one address are slowed down', async () => {
    const users = Array.from({ length: 20 }, (_, index) => ({
      name: `u${index}`,
      role: 'viewer',
      password: cheapHash('x'),
    }));
    await scene.admin.close();
    await scene.open({}, { users });
    const statuses = [];
    for (const { name } of users) statuses.push(await guess(name, 'wrong'));
    expect(statuses.filter((code) => code === 401)).toHaveLength(10);
  });

  it('tell nobody which users there are', async () => {
    const answers = async (user: string): Promise<unknown> => {
      const told = [];
      for (let count = 0; count < 4; count++) {
        const { status: code, text, headers } = await logIn({ user, password: 'wrong' });
        told.push([code, text, headers['retry-after'], headers['set-cookie']]);
      }
      return told;
    };
    expect(await answers('nobody')).toEqual(await answers('viewer'));
  });

  it('of the old password, with a log-in, are slowed down as well', async () => {
    const browser = await scene.logIn('viewer');
    const change = { oldPassword: 'wrong', newPassword: 'a longer password' };
    const statuses = [];
    for (let count = 0; count < 4; count++)
      statuses.push(await status(browser.post('/v1/session/password', change)));
    expect(statuses).toEqual([401, 401, 401, 429]);
  });

  it.each(['__proto__', 'constructor', 'toString', ''])('of the user %j are wrong', async (user) => {
    expect([400, 401]).toContain(await guess(user, 'x'));
  });
});

describe('every answer', () => {
  const expected = {
    'content-security-policy': expect.stringMatching(
      /default-src 'none'.*frame-ancestors 'none'.*base-uri 'none'/u,
    ) as string,
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  };

  it.each(['/', '/page.js', '/v1/overview', '/nothing', '/healthz'])(
    'of %s keeps others from framing and reading it',
    async (path) => {
      const { headers } = await scene.ask(path);
      expect(headers).toMatchObject(expected);
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(headers['strict-transport-security']).toBeUndefined();
      expect(headers['access-control-allow-origin']).toBeUndefined();
      expect(headers['x-powered-by'] ?? headers['server']).toBeUndefined();
    },
  );

  it('of data is stored by nobody', async () => {
    expect((await scene.askAs('viewer', '/v1/overview')).headers['cache-control']).toBe('no-store');
  });

  it('repeats nothing of a wrong address or user', async () => {
    const script = '<script>alert(1)</script>';
    const answers = [await scene.ask(`/${encodeURI(script)}`), await logIn({ user: script, password: 'x' })];
    for (const { text, headers } of answers) {
      expect(text).not.toContain('script');
      expect(headers['content-type']).toBe('application/json');
    }
  });
});

describe('slow and many clients', () => {
  it('lose their connection where the head does not end', async () => {
    expect(await raw('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX')).toEqual([408]);
  });

  it('lose it where a body does not end', async () => {
    const clock = new VirtualClock();
    const runtime: Runtime = { ...systemRuntime, clock };
    await scene.admin.close();
    await scene.open({ runtime });
    const socket = connect(Number(scene.url.port), '127.0.0.1');
    socket.on('error', () => undefined);
    const lines = [
      'POST /v1/session HTTP/1.1',
      'Host: 127.0.0.1',
      'Content-Type: application/json',
      'Content-Length: 100',
    ];
    socket.write(`${lines.join('\r\n')}\r\n\r\n{"user"`);
    const closed = once(socket, 'close');
    await expect.poll(() => clock.pending).toBeGreaterThan(0);
    await clock.advance(30_000);
    await closed;
  });

  it('are no more than were asked for', async () => {
    await scene.admin.close();
    await scene.open({ maxConnections: 10 });
    const port = Number(scene.url.port);
    const sockets = Array.from({ length: 10 }, () => connect(port, '127.0.0.1'));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    const another = connect(port, '127.0.0.1');
    another.on('error', () => undefined).resume();
    await once(another, 'close');
    for (const socket of sockets) socket.destroy();
  });
});

describe('the users file', () => {
  const path = (): string => join(scene.folder, 'users.json');
  const open = (): Promise<Admin> => Admin.open(scene.balancer, { folder: scene.folder, port: 0 });

  it('is refused where others may read it', async () => {
    chmodSync(path(), 0o644);
    await expect(open()).rejects.toMatchObject({ code: 'SLUICE_ERR_PERMISSION' });
  });

  it('is refused where a hash would take all memory, and no message quotes one', async () => {
    const hash = cheapHash('x').replace('ln=1', 'ln=31');
    const [user] = (someUsers() as { users: readonly object[] }).users;
    writeFileSync(
      path(),
      JSON.stringify({ users: [{ ...user, password: hash }], tokens: [{ hash: 'secret' }] }),
    );
    const message = await open().then(
      () => 'opened',
      (error: unknown) => (error as Error).message,
    );
    expect(message).toContain('users[0].password');
    expect(message).not.toContain(hash);
    expect(message).not.toContain('secret');
  });

  it('is refused where it is cut, and stays as it is', async () => {
    writeFileSync(path(), '{"users": [');
    await expect(open()).rejects.toMatchObject({ code: 'SLUICE_ERR_OPTIONS' });
  });
});
