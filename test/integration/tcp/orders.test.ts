import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TcpScene } from './tcp-scene.ts';

let scene: TcpScene;

beforeEach(() => {
  scene = new TcpScene();
});

afterEach(() => scene.close());

const bySourceIp = { persistence: { kind: 'sourceIp' } } as const;

describe('drain', () => {
  it('sends new clients elsewhere, keeps persistent ones, and ends with the last session', async () => {
    await scene.start(2, bySourceIp);
    const client = await scene.session('127.0.0.2');
    expect(client.text).toBe('s1');
    const drained = scene.listener.drain({ server: 's1' });
    expect((await scene.session('127.0.0.3')).text).toBe('s2');
    expect((await scene.session('127.0.0.4')).text).toBe('s2');
    const again = await scene.session('127.0.0.2');
    expect(again.text).toBe('s1');
    client.socket.resetAndDestroy();
    await scene.facts.first('sessionClosed');
    expect(scene.facts.of('drainFinished')).toEqual([]);
    again.socket.resetAndDestroy();
    expect(await drained).toBe('empty');
    expect(scene.facts.of('drainFinished')).toMatchObject([{ server: 's1', reason: 'empty', aborted: 0 }]);
    expect(scene.facts.of('serverAdminStateChanged')).toMatchObject([
      { server: 's1', previous: 'online', current: 'drain' },
    ]);
    expect(scene.listener.overview().servers).toMatchObject([
      { adminState: 'drain', availability: 'persistent-only' },
      { adminState: 'online', availability: 'available' },
    ]);
  });

  it('cuts at the deadline what is left, halts the server, and touches no other', async () => {
    await scene.start(2, bySourceIp);
    const [client, other] = [await scene.session('127.0.0.2'), await scene.session('127.0.0.3')];
    expect([client.text, other.text]).toEqual(['s1', 's2']);
    expect(await scene.listener.drain({ server: 's1', deadlineMs: 50 })).toBe('deadline');
    await client.untilReset();
    expect(scene.facts.of('drainFinished')).toMatchObject([{ reason: 'deadline', aborted: 1 }]);
    expect(scene.facts.of('sessionClosed')).toMatchObject([{ server: 's1', reason: 'drain-deadline' }]);
    expect(scene.listener.overview().servers).toMatchObject([{ adminState: 'halt' }, { sessions: 1 }]);
    expect((await scene.session('127.0.0.2')).text).toBe('s2');
    expect(other.isClosed).toBe(false);
  });

  it('ends at once without sessions', async () => {
    await scene.start(1);
    expect(await scene.listener.drain({ server: 's1', deadlineMs: 0 })).toBe('empty');
  });

  it('is cancelled by another order, whose deadline then cuts nothing', async () => {
    await scene.start(1);
    const client = await scene.session();
    const drained = scene.listener.drain({ server: 's1', deadlineMs: 40 });
    scene.listener.pool.setAdminState('s1', 'online');
    expect(await drained).toBe('cancelled');
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(client.isClosed).toBe(false);
    expect(scene.listener.overview().servers).toMatchObject([{ adminState: 'online', sessions: 1 }]);
  });

  it('tells what is wrong with the order', async () => {
    await scene.start(1);
    await expect(scene.listener.drain({ server: 's9' })).rejects.toMatchObject({
      code: 'SLUICE_ERR_NOT_FOUND',
      message: "No server 's9' in the pool; known servers: s1",
    });
    await expect(scene.listener.drain({ server: 's1', deadlineMs: -1 })).rejects.toMatchObject({
      code: 'SLUICE_ERR_OPTIONS',
    });
    expect(scene.listener.overview().servers).toMatchObject([{ adminState: 'online' }]);
  });
});

describe('halt and online', () => {
  it('turn even persistent clients away, and let them come back', async () => {
    await scene.start(2, bySourceIp);
    const client = await scene.session('127.0.0.2');
    scene.listener.pool.setAdminState('s1', 'halt');
    expect((await scene.session('127.0.0.2')).text).toBe('s2');
    const server = await scene.server('s1').session();
    client.send('goes on');
    await server.untilBytes(7);
    scene.listener.pool.setAdminState('s2', 'halt');
    await scene.connect('127.0.0.2').untilReset();
    scene.listener.pool.setAdminState('s1', 'online');
    expect((await scene.session('127.0.0.2')).text).toBe('s1');
  });
});

const checked = (onDown?: 'keep' | 'abort') => ({
  probe: { kind: 'connect' } as const,
  intervalMs: 20,
  timeoutMs: 500,
  rise: 1,
  fall: 1,
  startJitterMs: 0,
  ...(onDown === undefined ? {} : { onDown }),
});

describe('the health check', () => {
  it('takes a server down and up again, with events that say why', async () => {
    await scene.start(2, { pool: { healthCheck: checked(), balance: { kind: 'firstAvailable' } } });
    await scene.facts.count('serverHealthChanged', 2);
    expect(scene.listener.overview()).toMatchObject({
      status: 'up',
      servers: [{ health: 'up' }, { health: 'up' }],
    });
    scene.server('s1').refuse();
    const down = await scene.facts.first('serverHealthChanged', ({ current }) => current === 'down');
    expect(down).toMatchObject({ service: 'dicom', server: 's1', previous: 'up' });
    expect(down.reason).toContain('nothing listens there');
    expect(scene.listener.overview()).toMatchObject({
      status: 'degraded',
      servers: [{ health: 'down' }, {}],
    });
    expect((await scene.session()).text).toBe('s2');
    expect(scene.facts.of('connectFailed')).toEqual([]);
    await scene.server('s1').listen();
    await scene.facts.first('serverHealthChanged', ({ previous }) => previous === 'down');
    expect((await scene.session()).text).toBe('s1');
  });

  it('leaves the sessions of a server alone that goes down, by default', async () => {
    await scene.start(1, { pool: { healthCheck: checked() } });
    await scene.facts.first('serverHealthChanged');
    const client = await scene.session();
    scene.server('s1').refuse();
    await scene.facts.first('serverHealthChanged', ({ current }) => current === 'down');
    client.send('alive');
    await expect.poll(() => scene.server('s1').sessions.some(({ text }) => text === 'alive')).toBe(true);
  });

  it("cuts them with onDown: 'abort'", async () => {
    await scene.start(2, { pool: { healthCheck: checked('abort') } });
    await scene.facts.count('serverHealthChanged', 2);
    const clients = [await scene.session(), await scene.session()];
    const [client, other] = ['s1', 's2'].map((name) => clients.find(({ text }) => text === name)!);
    scene.server('s1').refuse();
    await client!.untilReset();
    expect(await scene.facts.first('sessionClosed')).toMatchObject({ server: 's1', reason: 'server-down' });
    expect(other!.isClosed).toBe(false);
  });
});
