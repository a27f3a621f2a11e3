import { afterEach, describe, expect, it } from 'vitest';
import { sourceIp, type AccessRecord } from '../../../src/index.ts';
import { AccessRecords } from '../../support/access-records.ts';
import { BlackHole } from '../../support/black-hole.ts';
import { closedPort } from '../../support/closed-port.ts';
import { TcpScene } from '../tcp/tcp-scene.ts';

/** The portable engine does not notice resets while it does not read. */
const seesResets = process.env['SLUICE_ENGINE'] !== 'portable';

let scene = new TcpScene();
const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  await scene.close();
  scene = new TcpScene();
});

type Options = Parameters<TcpScene['start']>[1];

async function start(servers: number, options?: Options): Promise<AccessRecords> {
  await scene.start(servers, options);
  return new AccessRecords(scene.listener);
}

/** The only server is one whose connect neither succeeds nor fails. */
async function startBefore(port: number, options: Options = {}): Promise<AccessRecords> {
  const servers = [{ name: 'hole', host: '127.0.0.1', port }];
  await scene.listen({ ...options, pool: { ...options.pool, servers } }).start();
  return new AccessRecords(scene.listener);
}

async function blackHole(): Promise<number> {
  const hole = await BlackHole.open();
  closers.push(() => hole.close());
  return hole.port;
}

describe('a session', () => {
  it('--: that ends in order is told with all that is known of it', async () => {
    const records = await start(1, { persistence: sourceIp() });
    const client = await scene.session();
    client.send('12345');
    const server = await scene.server('s1').session();
    await server.untilBytes(5);
    client.socket.end();
    await server.untilEnd();
    server.socket.end();
    const record = await records.first();
    const { sessionId } = await scene.facts.first('sessionClosed');
    expect(record).toEqual({
      service: 'dicom',
      protocol: 'tcp',
      sessionId,
      exchange: undefined,
      client: `127.0.0.1:${client.socket.localPort}`,
      server: 's1',
      pick: 'balance',
      key: undefined,
      tries: 0,
      waitMs: 0,
      connectMs: expect.any(Number) as number,
      firstByteMs: expect.any(Number) as number,
      totalMs: expect.any(Number) as number,
      bytesFromClient: 5,
      bytesFromServer: 2,
      method: undefined,
      path: undefined,
      query: undefined,
      status: undefined,
      traceparent: undefined,
      traceId: undefined,
      spanId: undefined,
      ending: '--',
      sessions: 1,
      serverSessions: 0,
      atMs: expect.any(Number) as number,
    } satisfies AccessRecord);
    expect(record.totalMs).toBeGreaterThanOrEqual(record.connectMs! + record.firstByteMs!);
    expect((await scene.facts.first('decisionMade')).sessionId).toBe(sessionId);
    const again = await scene.session();
    again.socket.resetAndDestroy();
    expect(await records.count(2)).toMatchObject({ pick: 'table', key: 'address' });
  });

  it('CD: whose client resets', async () => {
    const records = await start(1);
    (await scene.session()).socket.resetAndDestroy();
    expect(await records.first()).toMatchObject({ ending: 'CD', server: 's1' });
  });

  it('SD: whose server resets', async () => {
    const records = await start(1);
    await scene.session();
    (await scene.server('s1').session()).socket.resetAndDestroy();
    expect(await records.first()).toMatchObject({ ending: 'SD', server: 's1' });
  });

  it('cD: that is idle', async () => {
    const records = await start(1, { idleTimeoutMs: 50 });
    await scene.session();
    expect(await records.first()).toMatchObject({ ending: 'cD' });
  });

  it('sD: whose server does not end after its client has', async () => {
    const records = await start(1, { halfCloseTimeoutMs: 50 });
    (await scene.session()).socket.end();
    expect(await records.first()).toMatchObject({ ending: 'sD' });
  });

  it('SC: that no server takes', async () => {
    const records = await startBefore(await closedPort());
    scene.connect();
    const record = await records.first();
    expect(record).toMatchObject({ ending: 'SC', server: 'hole', pick: 'none', tries: 1 });
    expect([record.connectMs, record.firstByteMs]).toEqual([undefined, undefined]);
    const [refused, failed] = [scene.facts.of('clientRefused')[0], scene.facts.of('connectFailed')[0]];
    expect([refused?.sessionId, failed?.sessionId]).toEqual([record.sessionId, record.sessionId]);
  });

  it('SC: for which there is no server', async () => {
    const records = await start(1);
    scene.listener.pool.setAdminState('s1', 'halt');
    scene.connect();
    expect(await records.first()).toMatchObject({ ending: 'SC', server: undefined, tries: 0 });
  });

  it('sC: whose server does not answer in time', async () => {
    const records = await startBefore(await blackHole(), { connectTimeoutMs: 50 });
    scene.connect();
    expect(await records.first()).toMatchObject({ ending: 'sC' });
  });

  it.runIf(seesResets)('CC: whose client goes while its server is connected', async () => {
    const records = await startBefore(await blackHole());
    const client = scene.connect();
    await scene.facts.first('decisionMade');
    client.socket.resetAndDestroy();
    expect(await records.first()).toMatchObject({ ending: 'CC', server: 'hole', pick: 'balance' });
  });

  it('tries another server, and says so', async () => {
    await scene.addServers('s1', 's2');
    scene.server('s1').refuse();
    await scene.listen().start();
    const records = new AccessRecords(scene.listener);
    (await scene.session()).socket.resetAndDestroy();
    expect(await records.first()).toMatchObject({ server: 's2', tries: 1, pick: 'redispatch' });
  });

  it('DD: whose server goes down, where the check says abort', async () => {
    await scene.addServers('s1');
    const healthCheck = { probe: { kind: 'connect' }, intervalMs: 20, fall: 1, onDown: 'abort' } as const;
    await scene.listen({ pool: { healthCheck } }).start();
    const records = new AccessRecords(scene.listener);
    await scene.session();
    scene.server('s1').refuse();
    expect(await records.first()).toMatchObject({ ending: 'DD', server: 's1' });
  });

  it('KD: that a drain or a stop cuts', async () => {
    const records = await start(1);
    await scene.session();
    await scene.listener.drain({ server: 's1', deadlineMs: 0, by: 'anna' });
    expect((await records.first()).ending).toBe('KD');
    const orders = scene.facts.of('serverAdminStateChanged').map(({ current, by }) => `${current} by ${by}`);
    expect(orders).toEqual(['drain by anna', 'halt by anna']);
    scene.listener.pool.setAdminState('s1', 'online');
    await scene.session();
    await scene.listener.stop({ graceMs: 0 });
    expect((await records.count(2)).ending).toBe('KD');
  });
});

describe('a client that waits', () => {
  const eachServer = { maxSessions: 1 };

  async function startFull(queueTimeoutMs: number): Promise<AccessRecords> {
    await scene.addServers('s1');
    const servers = [{ ...scene.server('s1').options, ...eachServer }];
    await scene.listen({ pool: { servers, maxQueued: 1, queueTimeoutMs } }).start();
    await scene.session();
    return new AccessRecords(scene.listener);
  }

  it('sQ, SQ: in vain, and one that finds the queue full', async () => {
    const records = await startFull(300);
    scene.connect();
    scene.connect();
    expect(await records.first()).toMatchObject({ ending: 'SQ', waitMs: 0 });
    const { ending, waitMs } = await records.count(2);
    expect([ending, waitMs >= 299]).toEqual(['sQ', true]);
  });

  it.runIf(seesResets)('CQ: goes away', async () => {
    const records = await startFull(60_000);
    const client = scene.connect();
    client.socket.once('connect', () => client.socket.resetAndDestroy());
    expect(await records.first()).toMatchObject({ ending: 'CQ', server: undefined });
  });

  it('--: is served in its turn, and says how long that took', async () => {
    const records = await startFull(60_000);
    const next = scene.connect();
    next.socket.once('connect', () => setTimeout(() => scene.clients[0]!.socket.resetAndDestroy(), 60));
    await next.untilBytes(2);
    next.socket.resetAndDestroy();
    const { waitMs, connectMs } = await records.count(2);
    expect(waitMs).toBeGreaterThan(30);
    expect(connectMs).toBeLessThan(waitMs + 1_000);
  });
});
