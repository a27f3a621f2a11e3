import { createServer } from 'node:http';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accessByRoute, includes, roles } from '../../../src/admin/roles.ts';
import { adminRoutes } from '../../../src/admin/admin-routes.ts';
import { Admin } from '../../../src/admin.ts';
import { ControlServer, encodeBackup } from '../../../src/index.ts';
import { AdminScene, ask, tokenOf } from './admin-scene.ts';

let scene: AdminScene;

beforeEach(async () => {
  scene = new AdminScene();
  await scene.start();
});

afterEach(async () => {
  await scene.close();
});

describe('roles', () => {
  it('are stated for each route', () => {
    const stated = adminRoutes.map(({ method, path }) => `${method} ${path}`);
    expect(Object.keys(accessByRoute).sort()).toEqual(stated.sort());
  });

  it('decide about every route', async () => {
    await scene.open();
    for (const [route, access] of Object.entries(accessByRoute)) {
      const [method = '', path = ''] = route.split(' ');
      // Events and uploads go on; what is asked is about nobody.
      const body = method === 'POST' ? { body: { nobody: true } } : {};
      const upload =
        path === '/v1/restore' ? { headers: { 'content-type': 'application/octet-stream' } } : {};
      const asked = { method, ...body };
      const nobody = await scene.ask(path, { ...asked, ...upload });
      expect(nobody.status, `${route} of nobody`).toBe(access === 'anybody' ? 400 : 401);
      if (path === '/v1/events' || access === 'anybody') continue;
      for (const role of roles) {
        const headers = { authorization: `Bearer ${tokenOf(role)}`, ...upload.headers };
        const { status } = await scene.ask(path, { ...asked, headers });
        const isAllowed = access === 'user' || includes(role, access);
        expect(status === 403, `${route} of ${role}: ${status}`).toBe(!isAllowed);
        expect(status, `${route} of ${role}`).not.toBe(401);
      }
    }
  });
});

describe('a log-in', () => {
  it('is told with its role, and ends', async () => {
    await scene.open();
    const browser = await scene.logIn('operator');
    const told = await browser.get('/v1/session');
    expect(told.json).toMatchObject({
      user: 'operator',
      role: 'operator',
      mustChangePassword: false,
      csrf: browser.csrf,
      features: [],
    });
    expect((told.json as { expiresAtMs: number }).expiresAtMs).toBeGreaterThan(Date.now());
    expect((await browser.post('/v1/halt', { server: 's1' })).status).toBe(200);
    const ended = await browser.post('/v1/session/end');
    expect(ended.headers['set-cookie']![0]).toContain('Max-Age=0');
    expect((await browser.get('/v1/overview')).status).toBe(401);
  });

  it('of a generated password opens nothing before that is changed', async () => {
    const admin = await scene.open({}, null);
    expect(admin.firstPassword).toMatch(/^(?:[a-z2-9]{5}-){4}[a-z2-9]{5}$/u);
    const browser = await scene.logIn('admin', admin.firstPassword);
    expect((await browser.get('/v1/session')).json).toMatchObject({ mustChangePassword: true });
    expect((await browser.get('/v1/overview')).status).toBe(403);
    const change = { oldPassword: admin.firstPassword, newPassword: 'a longer password' };
    const short = await browser.post('/v1/session/password', { ...change, newPassword: 'short' });
    expect(short.json).toMatchObject({ error: { problems: [{ path: 'newPassword' }] } });
    const same = { ...change, newPassword: admin.firstPassword };
    expect((await browser.post('/v1/session/password', same)).status).toBe(400);
    const changed = await browser.post('/v1/session/password', change);
    expect(changed.json).toMatchObject({ mustChangePassword: false });
    // Another one than before.
    expect(changed.headers['set-cookie']![0]).not.toContain(browser.cookie);
    expect((await browser.get('/v1/session')).status).toBe(401);
    expect((await (await scene.logIn('admin', 'a longer password')).get('/v1/overview')).status).toBe(200);
    await admin.close();
    const again = await Admin.open(scene.balancer, { folder: scene.folder, port: 0 });
    expect(again.firstPassword).toBeUndefined();
    await again.close();
  });

  it('is for those whom somebody else knows as well', async () => {
    const asked: unknown[] = [];
    await scene.open({
      authenticate: async (credentials) => {
        asked.push(credentials);
        if (credentials.user === 'broken') throw new Error('no directory');
        return credentials.password === 'right' ? 'operator' : undefined;
      },
    });
    const browser = await scene.logIn('carol', 'right');
    expect((await browser.get('/v1/session')).json).toMatchObject({ user: 'carol', role: 'operator' });
    expect(asked).toEqual([{ user: 'carol', password: 'right', address: '127.0.0.1' }]);
    await expect(scene.logIn('carol', 'wrong')).rejects.toThrow('401');
    await expect(scene.logIn('broken', 'right')).rejects.toThrow('401');
    await expect(scene.logIn('viewer', 'right')).rejects.toThrow('401');
    const own = await browser.post('/v1/session/password', {
      oldPassword: 'right',
      newPassword: 'a longer password',
    });
    expect(own.status).toBe(409);
  });
});

describe('users and tokens', () => {
  it('are added, changed and removed', async () => {
    await scene.open();
    const browser = await scene.logIn('admin');
    const added = await browser.post('/v1/users/set', { name: 'carol', role: 'viewer' });
    const { password } = added.json as { readonly password: string };
    const carol = await scene.logIn('carol', password);
    expect((await carol.get('/v1/overview')).status).toBe(403);
    await browser.post('/v1/users/set', { name: 'carol', role: 'operator' });
    expect((await carol.get('/v1/session')).json).toMatchObject({ role: 'operator' });
    expect((await browser.get('/v1/users')).json).toContainEqual({
      name: 'carol',
      role: 'operator',
      mustChangePassword: true,
    });
    await browser.post('/v1/users/remove', { name: 'carol' });
    expect((await carol.get('/v1/session')).status).toBe(401);
    expect((await browser.post('/v1/users/remove', { name: 'carol' })).status).toBe(404);
    expect((await browser.post('/v1/users/set', { name: 'dave' })).status).toBe(404);
  });

  it('leave one administrator', async () => {
    await scene.open();
    const browser = await scene.logIn('admin');
    expect((await browser.post('/v1/users/remove', { name: 'admin' })).status).toBe(409);
    expect((await browser.post('/v1/users/set', { name: 'admin', role: 'viewer' })).status).toBe(409);
    expect((await browser.get('/v1/users')).status).toBe(200);
  });

  it('prove scripts until they expire or are removed', async () => {
    await scene.open();
    const browser = await scene.logIn('admin');
    const added = await browser.post('/v1/tokens/add', { name: 'ci', role: 'viewer', validForMs: 60_000 });
    const { token } = added.json as { readonly token: string };
    const status = async (): Promise<number> =>
      (await scene.ask('/v1/overview', { headers: { authorization: `Bearer ${token}` } })).status;
    expect(await status()).toBe(200);
    expect(JSON.stringify((await browser.get('/v1/tokens')).json)).not.toContain(token);
    expect((await browser.get('/v1/tokens')).json).toContainEqual(
      expect.objectContaining({ name: 'ci', role: 'viewer', by: 'admin' }),
    );
    await browser.post('/v1/tokens/remove', { name: 'ci' });
    expect(await status()).toBe(401);
  });
});

describe('the audit log', () => {
  it('has who ordered what, from where, and what differs', async () => {
    await scene.open();
    const browser = await scene.logIn('operator');
    await browser.post('/v1/weight', { server: 's1', weight: 7 });
    await browser.post('/v1/weight', { server: 's9', weight: 7 });
    await browser.post('/v1/duplicate', { service: 'DICOM', changes: { name: 'QUERY' } });
    await scene.askAs('admin', '/v1/users/set', {
      method: 'POST',
      body: { name: 'carol', role: 'viewer', password: 'a secret password' },
    });
    await expect(scene.logIn('a-typed-password', 'x')).rejects.toThrow('401');
    await expect(scene.logIn('viewer', 'wrong')).rejects.toThrow('401');
    const by = { user: 'operator', via: 'log-in', from: '127.0.0.1' };
    const audited = await scene.audited(7);
    expect(audited).toMatchObject([
      { order: 'session', user: 'operator', via: 'password', outcome: 'done' },
      {
        ...{ ...by, order: 'weight', outcome: 'done', input: { server: 's1', weight: 7 } },
        changes: ['server s1 of DICOM: weight 1 → 7'],
      },
      { ...by, order: 'weight', outcome: 'refused', code: 'SLUICE_ERR_NOT_FOUND' },
      { ...by, order: 'duplicate', outcome: 'refused', code: 'SLUICE_ERR_FORBIDDEN' },
      { user: 'token.admin', via: 'token', order: 'users/set', input: { name: 'carol', role: 'viewer' } },
      { order: 'session', outcome: 'refused', code: 'SLUICE_ERR_NOT_LOGGED_IN' },
      { order: 'session', user: 'viewer', outcome: 'refused' },
    ]);
    const text = JSON.stringify(audited);
    expect(text).not.toContain('secret');
    expect(text).not.toContain('a-typed-password');
  });

  it('has a drain at its begin and at its end', async () => {
    await scene.open();
    const session = await scene.balancers.session('DICOM');
    const server = scene.balancer
      .overview()
      .services[0]!.listeners[0]!.servers.find((each) => each.sessions > 0)!;
    const drained = scene.askAs('operator', '/v1/drain', { method: 'POST', body: { server: server.name } });
    await new Promise<void>((resolve) => scene.balancer.once('serverAdminStateChanged', () => resolve()));
    session.socket.resetAndDestroy();
    expect((await drained).text).toContain('"result":{"DICOM":"empty"}');
    const drain = { order: 'drain', user: 'token.operator' };
    expect(await scene.audited(2)).toMatchObject([
      { ...drain, outcome: 'begun' },
      { ...drain, outcome: 'done', changes: [`server ${server.name} of DICOM: adminState online → drain`] },
    ]);
  });
});

describe('a backup', () => {
  it('comes back whatever type a browser gives it', async () => {
    await scene.open();
    const chunks: Buffer[] = [];
    for await (const chunk of encodeBackup(scene.balancer)) chunks.push(chunk);
    const browser = await scene.logIn('admin');
    const headers = { 'content-type': 'application/x-unknown' };
    const restored = await browser.post('/v1/restore', Buffer.concat(chunks), headers);
    expect(restored.status, restored.text).toBe(200);
    expect(await scene.audited(2)).toMatchObject([
      { order: 'session' },
      { order: 'restore', outcome: 'done' },
    ]);
    const cut = await browser.post('/v1/restore', Buffer.concat(chunks).subarray(0, 50), headers);
    expect(cut.json).toMatchObject({ error: { code: 'SLUICE_ERR_SNAPSHOT' } });
    expect(cut.status).toBe(400);
  });
});

describe('an order', () => {
  it('is told in the log of the control socket, too', async () => {
    await using control = await ControlServer.open(scene.balancer, { path: `${scene.folder}/control.sock` });
    await scene.open({ control });
    await scene.askAs('operator', '/v1/halt', { method: 'POST', body: { server: 's1' } });
    expect(
      control.subject.log.recent({ about: 'state', service: undefined, client: undefined }),
    ).toMatchObject([
      { event: 'serverAdminStateChanged', by: 'token.operator' },
      { kind: 'order', order: 'halt', server: 's1', by: 'token.operator' },
    ]);
    const log = await scene.askAs('viewer', '/v1/log?about=state');
    expect(log.text).toContain('"kind":"order"');
  });
});

describe('what needs no log-in', () => {
  it('says whether it lives and serves', async () => {
    await scene.open();
    expect(await scene.ask('/healthz')).toMatchObject({ status: 200, text: 'ok\n' });
    expect(await scene.ask('/readyz')).toMatchObject({ status: 200 });
    await scene.balancer.stop({ graceMs: 0 });
    expect(await scene.ask('/readyz', { headers: { host: 'pod' } })).toMatchObject({ status: 503 });
    expect((await scene.ask('/metrics')).status).toBe(401);
    expect((await scene.askAs('viewer', '/metrics')).text).toContain('sluice_');
  });

  it('has metrics where that is asked for', async () => {
    await scene.open({ publicMetrics: true });
    expect((await scene.ask('/metrics')).text).toContain('sluice_');
    expect((await scene.ask('/v1/metrics')).status).toBe(401);
  });
});

describe('a handler of another server', () => {
  it('answers under a prefix', async () => {
    const admin = await scene.open({ listen: false });
    expect(admin.url).toBeUndefined();
    const gateway = createServer(admin.handler('/ops/sluice')).listen(0, '127.0.0.1');
    await once(gateway, 'listening');
    const { port } = gateway.address() as { readonly port: number };
    const url = new URL(`http://127.0.0.1:${port}/`);
    const headers = { authorization: `Bearer ${tokenOf('viewer')}` };
    expect((await ask(url, '/ops/sluice/v1/overview', { headers })).status).toBe(200);
    expect((await ask(url, '/v1/overview', { headers })).status).toBe(404);
    expect((await ask(url, '/ops/sluicev1/overview', { headers })).status).toBe(404);
    expect((await ask(url, '/ops/sluice', {})).headers.location).toBe('/ops/sluice/');
    await new Promise((resolve) => gateway.close(resolve));
    expect(() => admin.handler('/ops/')).toThrow('/ops/');
  });
});

describe('wrong options', () => {
  it('are all told at once', async () => {
    const options = {
      folder: 7,
      host: '10.0.0.5',
      https: 'letsencrypt',
      port: -1,
      control: {},
      colour: 'red',
    };
    await expect(Admin.open(scene.balancer, options as never)).rejects.toMatchObject({
      problems: [
        { path: 'admin.folder' },
        { path: 'admin.port' },
        { path: 'admin.https' },
        { path: 'admin.control' },
        { path: 'admin' },
      ],
    });
    await expect(
      Admin.open(scene.balancer, { folder: scene.folder, host: '10.0.0.5' }),
    ).rejects.toMatchObject({
      problems: [{ path: 'admin.https' }],
    });
  });
});
