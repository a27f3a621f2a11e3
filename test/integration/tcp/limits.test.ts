import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OtherSide } from '../../contract/engine/other-side.ts';
import { turns } from '../../contract/engine/condition.ts';
import { TcpScene } from './tcp-scene.ts';

let scene: TcpScene;

beforeEach(() => {
  scene = new TcpScene();
});

afterEach(() => scene.close());

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('the idle limit', () => {
  it('cuts both sides of a silent session', async () => {
    await scene.start(1, { idleTimeoutMs: 60 });
    const client = await scene.session();
    const server = await scene.server('s1').session();
    await Promise.all([client.untilReset(), server.untilReset()]);
    expect([client.wasReset, server.wasReset]).toEqual([true, true]);
    const closed = await scene.facts.first('sessionClosed');
    expect(closed).toMatchObject({ reason: 'idle', error: 'SLUICE_ERR_IDLE' });
    expect(closed.durationMs).toBeGreaterThanOrEqual(60);
  });

  it('begins anew with every byte, of either side', async () => {
    await scene.start(1, { idleTimeoutMs: 150 });
    const client = await scene.session();
    const server = await scene.server('s1').session();
    for (let i = 0; i < 4; i++) {
      await pause(50);
      client.send('.');
      await pause(50);
      server.send('.');
    }
    await client.untilBytes(6);
    expect(scene.facts.of('sessionClosed')).toEqual([]);
    expect((await scene.facts.first('sessionClosed')).reason).toBe('idle');
  });

  it('is shorter once one side has ended', async () => {
    await scene.start(1, { halfCloseTimeoutMs: 60 });
    const client = await scene.session();
    const server = await scene.server('s1').session();
    client.socket.end();
    await server.untilEnd();
    expect(await scene.facts.first('sessionClosed')).toMatchObject({ reason: 'idle' });
    await server.untilReset();
    expect(server.wasReset).toBe(true);
  });

  it('counts from the end of that side, however long nothing was sent before', async () => {
    await scene.start(1, { halfCloseTimeoutMs: 100 });
    const client = await scene.session();
    const server = await scene.server('s1').session();
    await pause(150);
    client.socket.end();
    await server.untilEnd();
    await pause(30);
    server.socket.end('late');
    await client.untilEnd();
    expect(client.text).toBe('s1late');
    expect((await scene.facts.first('sessionClosed')).reason).toBe('finished');
  });
});

describe('maxSessions of a listener', () => {
  it('lets further clients wait until there is room', async () => {
    await scene.start(1, { maxSessions: 2 });
    const [first] = [await scene.session(), await scene.session()];
    const [third, fourth] = [scene.connect(), scene.connect()];
    third.send('third');
    await turns();
    await pause(30);
    expect(scene.server('s1').sessions).toHaveLength(2);
    expect(scene.listener.overview()).toMatchObject({ sessions: 2, sessionsTotal: 2 });
    first.socket.resetAndDestroy();
    await third.untilBytes(2);
    const server = await scene.server('s1').session(2);
    await server.untilBytes(5);
    expect(server.text).toBe('third');
    expect(fourth.byteCount).toBe(0);
    third.socket.end();
    server.socket.end();
    await fourth.untilBytes(2);
    expect(scene.listener.overview()).toMatchObject({ sessions: 2, sessionsTotal: 4, refusedTotal: 0 });
  });
});

/** One server with room for one session. */
const startNarrow = async (pool: { maxQueued?: number; queueTimeoutMs?: number } = {}): Promise<void> => {
  const [server] = await scene.addServers('s1');
  await scene.listen({ pool: { servers: [{ ...server!.options, maxSessions: 1 }], ...pool } }).start();
};

const queued = (count: number): Promise<unknown> =>
  expect.poll(() => scene.listener.overview().queued).toBe(count);

describe('a full server', () => {
  it('makes clients wait, and takes them in order', async () => {
    await startNarrow();
    const clients = [await scene.session()];
    for (const text of ['2', '3', '4']) {
      const client = scene.connect();
      client.send(text);
      clients.push(client);
      await queued(clients.length - 1);
    }
    expect(scene.listener.overview().servers).toMatchObject([{ availability: 'full', sessions: 1 }]);
    for (const [index, client] of clients.entries()) {
      await client.untilBytes(2);
      client.socket.resetAndDestroy();
      await scene.facts.count('sessionClosed', index + 1);
    }
    const { sessions } = scene.server('s1');
    await sessions.at(-1)?.untilClose();
    expect(sessions.map(({ text }) => text)).toEqual(['', '2', '3', '4']);
    expect(scene.listener.overview()).toMatchObject({ queued: 0, sessions: 0, refusedTotal: 0 });
  });

  it('turns away who waited too long', async () => {
    await startNarrow({ queueTimeoutMs: 40 });
    await scene.session();
    const client = scene.connect();
    await client.untilReset();
    expect(await scene.facts.first('clientRefused')).toMatchObject({ reason: 'queue-timeout' });
    expect((await scene.facts.first('sessionClosed')).reason).toBe('refused');
    expect(scene.listener.overview()).toMatchObject({ queued: 0, sessions: 1, refusedTotal: 1 });
  });

  it('turns away who finds the queue full', async () => {
    await startNarrow({ maxQueued: 1 });
    await scene.session();
    scene.connect();
    await queued(1);
    const client = scene.connect();
    await client.untilReset();
    expect(await scene.facts.first('clientRefused')).toMatchObject({ reason: 'queue-full' });
    expect(scene.listener.overview()).toMatchObject({ queued: 1, refusedTotal: 1 });
  });

  it('turns everyone away where nobody may wait', async () => {
    await startNarrow({ maxQueued: 0 });
    await scene.session();
    await scene.connect().untilReset();
    expect(await scene.facts.first('clientRefused')).toMatchObject({ reason: 'no-server' });
  });
});

describe('many clients', () => {
  it('a thousand silent ones hurt nobody, and leave nothing behind', async () => {
    await scene.start(2);
    const { port } = scene.listener;
    const silent = Array.from({ length: 1000 }, () => new OtherSide(connect({ host: '127.0.0.1', port })));
    await Promise.all(silent.map((client) => client.untilBytes(2)));
    expect(scene.listener.overview()).toMatchObject({
      sessions: 1000,
      servers: [{ sessions: 500 }, { sessions: 500 }],
    });
    const client = await scene.session();
    const server = await scene.server(client.text).session(500);
    client.send('hello');
    await server.untilBytes(5);
    client.socket.resetAndDestroy();
    for (const { socket } of silent) socket.resetAndDestroy();
    await scene.facts.count('sessionClosed', 1001);
    expect(scene.listener.overview()).toMatchObject({
      sessions: 0,
      sessionsTotal: 1001,
      servers: [{ sessions: 0 }, { sessions: 0 }],
    });
  });
});
