import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TcpScene } from '../integration/tcp/tcp-scene.ts';
import { TestService } from '../support/test-service.ts';

let scene: TcpScene;

beforeEach(() => {
  scene = new TcpScene();
});

afterEach(() => scene.close());

describe('defect 16: the last server that can serve is not ejected', () => {
  it('serves at once when it is back, with the other one halted', async () => {
    await scene.start(2);
    scene.listener.pool.setAdminState('s2', 'halt');
    scene.server('s1').refuse();
    for (let client = 0; client < 5; client++) await scene.connect().untilReset();
    expect(scene.facts.of('connectFailed')).toHaveLength(5);
    await scene.server('s1').listen();
    expect((await scene.session()).text).toBe('s1');
    expect(scene.facts.of('serverEjected')).toEqual([]);
  });

  const [a, b, c] = ['a', 'b', 'c'].map((name) => ({ name, host: '192.0.2.1' }));
  it.each([
    ['halted', { ...b!, adminState: 'halt' }],
    ['drained', { ...b!, adminState: 'drain' }],
    ['of weight 0', { ...b!, weight: 0 }],
  ] as const)('counts no server that is %s', (_what, other) => {
    const { pool } = new TestService({ servers: [a!, other] });
    for (let i = 0; i < 20; i++) pool.connectFailed(pool.require('a'));
    expect(pool.get('a')?.ejected).toBe(false);
  });

  it('counts no server that is down, or cannot be reached either', async () => {
    const check = { intervalMs: 1000, startJitterMs: 0 };
    const service = new TestService({ servers: [a!, b!, c!], check });
    const { pool } = service;
    service.find('c', 'down');
    await service.clock.advance(0);
    for (let i = 0; i < 5; i++) pool.connectFailed(pool.require('a'));
    expect(pool.servers.map(({ ejected }) => ejected)).toEqual([true, false, false]);
    for (let i = 0; i < 5; i++) pool.connectFailed(pool.require('b'));
    expect(pool.servers.map(({ ejected }) => ejected)).toEqual([false, false, false]);
    service.close();
  });

  it('counts a backup, which takes over', () => {
    const { pool } = new TestService({ servers: [a!, { ...b!, backup: true }] });
    for (let i = 0; i < 5; i++) pool.connectFailed(pool.require('a'));
    expect(pool.get('a')?.ejected).toBe(true);
  });
});
