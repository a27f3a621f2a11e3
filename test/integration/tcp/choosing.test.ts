import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BlackHole } from '../../support/black-hole.ts';
import { TcpScene } from './tcp-scene.ts';

let scene: TcpScene;

beforeEach(() => {
  scene = new TcpScene();
});

afterEach(() => scene.close());

const bySourceIp = { persistence: { kind: 'sourceIp' } } as const;

describe('persistence by source address', () => {
  it('brings every client back to its server', async () => {
    await scene.start(3, bySourceIp);
    const servers: string[] = [];
    for (const host of [2, 3, 4, 2, 3, 4, 4, 2]) {
      servers.push((await scene.session(`127.0.0.${host}`)).text);
    }
    expect(servers).toEqual(['s1', 's2', 's3', 's1', 's2', 's3', 's3', 's1']);
    expect(scene.facts.of('decisionMade').map(({ reason }) => reason)).toEqual([
      ...Array<string>(3).fill('balance'),
      ...Array<string>(5).fill('table'),
    ]);
  });

  it('makes 50 first connections at once agree', async () => {
    await scene.start(3, bySourceIp);
    const clients = await Promise.all(Array.from({ length: 50 }, () => scene.session('127.0.0.9')));
    expect(new Set(clients.map(({ text }) => text)).size).toBe(1);
  });

  it('is explained without a connection', async () => {
    await scene.start(2, bySourceIp);
    expect(scene.listener.explain('127.0.0.2').reason).toBe('balance');
    const { text } = await scene.session('127.0.0.2');
    expect(scene.listener.explain('127.0.0.2')).toEqual({ server: text, reason: 'table' });
    expect(scene.listener.explain('::ffff:127.0.0.2')).toEqual({ server: text, reason: 'table' });
    expect(() => scene.listener.explain('nobody')).toThrow('client: expected an IP address');
  });
});

describe('a server that refuses', () => {
  it('costs the client nothing: the next one is tried, and remembered', async () => {
    await scene.start(2, bySourceIp);
    scene.server('s1').refuse();
    expect((await scene.session()).text).toBe('s2');
    expect(scene.facts.of('connectFailed')).toMatchObject([
      { service: 'dicom', server: 's1', error: 'SLUICE_ERR_CONNECT_REFUSED' },
    ]);
    expect(scene.facts.of('decisionMade')).toMatchObject([
      { server: 's1', reason: 'balance', tried: [] },
      { server: 's2', reason: 'redispatch', tried: ['s1'] },
    ]);
    await scene.server('s1').listen();
    expect((await scene.session()).text).toBe('s2');
    expect(scene.facts.of('decisionMade').at(-1)).toMatchObject({ server: 's2', reason: 'table' });
  });

  it('is what moves its clients, and only those', async () => {
    await scene.start(3, bySourceIp);
    const before = new Map<string, string>();
    for (const host of ['127.0.0.2', '127.0.0.3', '127.0.0.4'])
      before.set(host, (await scene.session(host)).text);
    scene.server('s2').kill();
    for (const [host, server] of before) {
      const { text } = await scene.session(host);
      if (server === 's2') expect(text).not.toBe('s2');
      else expect(text).toBe(server);
    }
  });

  it('when all do, the client is reset, and it is told and counted', async () => {
    await scene.start(2);
    for (const server of scene.servers) server.refuse();
    const client = scene.connect();
    await client.untilReset();
    expect(client.wasReset).toBe(true);
    expect(await scene.facts.first('clientRefused')).toMatchObject({ reason: 'no-server' });
    expect(await scene.facts.first('sessionClosed')).toMatchObject({
      server: undefined,
      reason: 'connect-failed',
      error: 'SLUICE_ERR_NO_SERVER',
    });
    const overview = scene.listener.overview();
    expect(overview).toMatchObject({ sessions: 0, sessionsTotal: 1, refusedTotal: 1 });
    expect(overview.servers).toMatchObject([
      { sessions: 0, connectFailuresTotal: 1 },
      { sessions: 0, connectFailuresTotal: 1 },
    ]);
    expect(scene.facts.of('sessionOpened')).toEqual([]);
  });

  it('is one of at most maxConnectAttempts, and that refuses a client just so', async () => {
    await scene.start(3, { maxConnectAttempts: 2 });
    for (const server of scene.servers) server.refuse();
    await scene.connect().untilReset();
    await scene.facts.first('sessionClosed', ({ reason }) => reason === 'connect-failed');
    expect(scene.facts.of('connectFailed').map(({ server }) => server)).toEqual(['s1', 's2']);
    expect(scene.facts.of('clientRefused')).toMatchObject([{ reason: 'no-server' }]);
    expect(scene.listener.overview().refusedTotal).toBe(1);
  });

  it('makes a client wait where all others are full', async () => {
    await scene.addServers('s1', 's2');
    const [first, second] = scene.servers.map((server) => server.options);
    await scene.listen({ pool: { servers: [first!, { ...second!, maxSessions: 1 }] } }).start();
    await scene.session();
    const holder = await scene.session();
    expect(holder.text).toBe('s2');
    scene.server('s1').refuse();
    const waiting = scene.connect();
    await scene.facts.first('connectFailed');
    expect(scene.listener.overview().queued).toBe(1);
    holder.socket.resetAndDestroy();
    await waiting.untilBytes(2);
    expect(waiting.text).toBe('s2');
  });

  it('is left out for a while after consecutive failures, and taken back', async () => {
    const passiveHealth = { failures: 2, ejectMs: 80, maxEjectMs: 80 };
    await scene.start(2, { pool: { passiveHealth, balance: { kind: 'firstAvailable' } } });
    scene.server('s1').refuse();
    await scene.session();
    await scene.session();
    expect(await scene.facts.first('serverEjected')).toMatchObject({ server: 's1', forMs: 80 });
    expect(scene.listener.overview()).toMatchObject({
      status: 'degraded',
      servers: [{ ejected: true, availability: 'unavailable' }, { ejected: false }],
    });
    await scene.session();
    expect(scene.facts.of('connectFailed')).toHaveLength(2);
    await scene.server('s1').listen();
    await scene.facts.first('serverReadmitted');
    expect((await scene.session()).text).toBe('s1');
  });
});

describe.skipIf(process.platform !== 'linux')('a server that does not answer', () => {
  it('costs one time limit, and then the next one is tried', async () => {
    const hole = await BlackHole.open();
    try {
      const [s2] = await scene.addServers('s2');
      const servers = [{ name: 'hole', host: '127.0.0.1', port: hole.port }, s2!.options];
      await scene.listen({ ...bySourceIp, connectTimeoutMs: 100, pool: { servers } }).start();
      const startedMs = performance.now();
      expect((await scene.session()).text).toBe('s2');
      const tookMs = performance.now() - startedMs;
      expect(tookMs).toBeGreaterThanOrEqual(100);
      expect(tookMs).toBeLessThan(2_500);
      expect(scene.facts.of('connectFailed')).toMatchObject([
        { server: 'hole', error: 'SLUICE_ERR_CONNECT_TIMEOUT' },
      ]);
      expect(scene.listener.explain('127.0.0.1')).toEqual({ server: 's2', reason: 'table' });
    } finally {
      await hole.close();
    }
  });
});

describe('a service without a server', () => {
  it('resets its clients', async () => {
    await scene.start(0);
    const client = scene.connect();
    await client.untilReset();
    expect(await scene.facts.first('sessionClosed')).toMatchObject({
      reason: 'refused',
      error: 'SLUICE_ERR_NO_SERVER',
    });
    expect(scene.facts.of('clientRefused')).toMatchObject([{ reason: 'no-server' }]);
    expect(scene.facts.of('decisionMade')).toMatchObject([{ server: undefined, reason: 'none' }]);
    expect(scene.listener.overview().status).toBe('down');
  });
});
