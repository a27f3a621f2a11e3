import { afterEach, describe, expect, it } from 'vitest';
import type { PoolOptions, ServerOptions, ServiceEvents } from '../../../src/index.ts';
import { get } from '../../support/virtual-http.ts';
import { VirtualPath } from '../../support/virtual-path.ts';
import { VirtualScene, type SceneOptions, type VirtualEnd } from '../../support/virtual-scene.ts';

let scene: VirtualScene | undefined;

afterEach(async () => {
  await scene?.stop();
  scene = undefined;
});

/** What each mode asks with, and is answered by. */
const modes = ['tcp', 'http'] as const;

describe.each(modes)('on its way to a server, in %s mode,', (mode) => {
  const full: SceneOptions = {
    servers: ['A'],
    eachServer: { maxSessions: 1 },
    pool: { maxQueued: 1, queueTimeoutMs: 500 },
  };
  const server = (name: string, host: string): ServerOptions => ({ name, host });
  const [up, refusing] = [
    [server('A', '192.0.2.11')],
    [server('B', '192.0.2.12'), server('C', '192.0.2.13')],
  ];

  it.each<[keyof ServiceEvents, string, PoolOptions]>([
    ['decisionMade', 'a server is chosen', { servers: up }],
    ['decisionMade', 'no server is chosen', { servers: [] }],
    ['connectFailed', 'a server refuses', { servers: refusing }],
    ['clientRefused', 'nobody serves the client', { servers: [] }],
    ['serverEjected', 'a server is ejected', { servers: refusing, passiveHealth: { failures: 1 } }],
  ])('a client ends once where a handler of %s cuts everything: %s', async (event, _when, pool) => {
    const scene = await VirtualPath.open(mode, pool);
    let cuts = 0;
    scene.facts.on(event, () => (cuts += scene.path.abort('stopped')));
    scene.connect().send(get('/'));
    await scene.network.run();
    expect([cuts, scene.ended, scene.path.size]).toEqual([1, 1, 0]);
    expect(scene.record.of('sessionClosed')).toHaveLength(1);
    expect(scene.pool.servers.map(({ sessions }) => sessions)).toEqual(pool.servers.map(() => 0));
    expect(scene.network.isQuiet).toBe(true);
  });

  it('a client whose time is up ends once where a handler of clientRefused cuts everything', async () => {
    const pool = { servers: [{ name: 'B', host: '192.0.2.12' }] };
    const scene = await VirtualPath.open(mode, pool);
    scene.network.host('192.0.2.12').isSilent = true;
    scene.facts.on('clientRefused', () => scene.path.abort('stopped'));
    scene.connect().send(get('/'));
    await scene.network.advance(60_000);
    expect(scene.record.of('clientRefused')).toHaveLength(1);
    expect([scene.ended, scene.path.size, scene.network.isQuiet]).toEqual([1, 0, true]);
  });

  it('a client that waits is turned away after its time, and at once where the queue is full', async () => {
    scene = await VirtualScene.start({ mode, ...full });
    for (let clients = 0; clients < 3; clients++) {
      scene.connect().send(get('/'));
      await scene.network.run();
    }
    await scene.network.advance(499);
    expect(scene.facts.of('clientRefused').map(({ reason }) => reason)).toEqual(['queue-full']);
    await scene.network.advance(2);
    expect(scene.facts.of('clientRefused').map(({ reason }) => reason)).toEqual([
      'queue-full',
      'queue-timeout',
    ]);
    const nobody = scene.facts.of('decisionMade').filter(({ server }) => server === undefined);
    expect(nobody.map(({ reason }) => reason)).toEqual(['none', 'none']);
  });

  it('connects and waits are measured where somebody wants to know, whatever the waits end with', async () => {
    scene = await VirtualScene.start({ mode, ...full, network: { delayMs: 4 } });
    const { network, listener } = scene;
    const ask = (): VirtualEnd => scene!.connect().send(get('/'));
    ask();
    await network.run();
    expect(listener.overview().durations).toBeUndefined();
    listener.measureDurations();
    ask();
    await network.advance(600);
    expect(scene.facts.of('clientRefused')).toMatchObject([{ reason: 'queue-timeout' }]);
    const impatient = ask();
    await network.advance(100);
    impatient.reset();
    await network.run();
    const { connect, queue } = listener.overview().durations!;
    expect(queue.counts.reduce((sum, count) => sum + count)).toBe(2);
    // In http mode there is nothing to wait for before the request, which comes a way there and back later.
    expect(queue.totalMs).toBeCloseTo(500 + (mode === 'http' ? 92 : 100));
    expect(connect.totalMs, 'the one connect was before').toBe(0);
    await scene.stop();

    scene = await VirtualScene.start({ mode, servers: ['x', 'B'], network: { delayMs: 4 } });
    scene.listener.measureDurations();
    scene.connect().send(get('/'));
    await scene.network.advance(100);
    const measured = scene.listener.overview().durations!;
    expect(measured.connect.totalMs, 'there and back').toBeCloseTo(8);
    expect(measured.connect.counts.reduce((sum, count) => sum + count)).toBe(1);
    expect(measured.queue.totalMs).toBe(0);
  });

  it('a connect ends in time, to the millisecond', async () => {
    scene = await VirtualScene.start({ mode, servers: ['A', 'B'], connectTimeoutMs: 700 });
    scene.server(0).host.isSilent = true;
    scene.connect().send(get('/'));
    await scene.network.advance(699);
    expect(scene.facts.of('connectFailed')).toEqual([]);
    await scene.network.advance(2);
    expect(scene.facts.of('connectFailed')).toMatchObject([{ error: 'SLUICE_ERR_CONNECT_TIMEOUT' }]);
    expect(scene.server(1).accepted).toHaveLength(1);
  });
});

it('a TCP session is cut with its server from the decision on, before the connect begins', async () => {
  const scene = await VirtualPath.open('tcp', { servers: [{ name: 'A', host: '192.0.2.11' }] });
  let cuts = 0;
  scene.facts.on('decisionMade', ({ server }) => {
    cuts += scene.path.abort('server-down', scene.pool.get(server));
  });
  scene.connect();
  await scene.network.run();
  expect([cuts, scene.ended]).toEqual([1, 1]);
  expect(scene.record.of('sessionClosed')).toMatchObject([{ server: 'A', reason: 'server-down' }]);
});
