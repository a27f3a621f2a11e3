import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BalancerScene, tcpService } from '../integration/balancer/balancer-scene.ts';
import { TcpScene } from '../integration/tcp/tcp-scene.ts';
import { noWorkers, WorkersScene } from '../support/workers-scene.ts';

let scene: TcpScene;

beforeEach(() => {
  scene = new TcpScene();
});

afterEach(() => scene.close());

const bySourceIp = { persistence: { kind: 'sourceIp' } } as const;

describe('defect 21: a drain makes an update safe', () => {
  it("ends with halt, so that the persistent client goes elsewhere: then: 'halt'", async () => {
    await scene.start(2, bySourceIp);
    const client = await scene.session('127.0.0.2');
    const other = client.text === 's1' ? 's2' : 's1';
    const drained = scene.listener.drain({ server: client.text, then: 'halt' });
    expect((await scene.session('127.0.0.2')).text).toBe(client.text);
    for (const { socket } of scene.clients) socket.resetAndDestroy();
    expect(await drained).toBe('empty');
    expect((await scene.session('127.0.0.2')).text).toBe(other);
    expect(scene.listener.pool.get(client.text)?.adminState).toBe('halt');
    expect(scene.facts.of('drainFinished')).toMatchObject([
      { server: client.text, reason: 'empty', aborted: 0, clients: ['127.0.0.2'] },
    ]);
  });

  it('waits for silence, which each session breaks: quietForMs', async () => {
    await scene.start(2, bySourceIp);
    const { text, socket } = await scene.session('127.0.0.2');
    socket.resetAndDestroy();
    await scene.facts.count('sessionClosed', 1);
    let isOver = false;
    const startMs = performance.now();
    const drained = scene.listener.drain({ server: text, quietForMs: 150 }).then((outcome) => {
      isOver = true;
      return outcome;
    });
    for (let visit = 2; visit < 5; visit++) {
      await new Promise((resolve) => setTimeout(resolve, 70));
      const session = await scene.session('127.0.0.2');
      expect([session.text, isOver]).toEqual([text, false]);
      session.socket.resetAndDestroy();
      await scene.facts.count('sessionClosed', visit);
    }
    expect(await drained).toBe('empty');
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(3 * 70 + 150 - 10);
    expect(scene.facts.of('drainFinished')).toMatchObject([{ clients: ['127.0.0.2'] }]);
    expect(scene.listener.pool.get(text)?.adminState).toBe('drain');
  });

  it('is cut at the deadline while the client keeps coming, and says who it was', async () => {
    await scene.start(2, bySourceIp);
    const { text } = await scene.session('127.0.0.2');
    const drained = scene.listener.drain({ server: text, quietForMs: 60_000, deadlineMs: 80, then: 'halt' });
    await scene.session('127.0.0.2');
    expect(await drained).toBe('deadline');
    expect(scene.facts.of('drainFinished')).toMatchObject([
      { reason: 'deadline', aborted: 2, clients: ['127.0.0.2'] },
    ]);
  });

  it('is cancelled by another order while it waits for silence', async () => {
    await scene.start(1);
    const drained = scene.listener.drain({ server: 's1', quietForMs: 60_000 });
    scene.listener.pool.setAdminState('s1', 'online');
    expect(await drained).toBe('cancelled');
    expect(scene.facts.of('drainFinished')).toEqual([]);
  });

  it('halts a server of a service that is not started', async () => {
    await scene.addServers('s1');
    const listener = scene.listen();
    expect(await listener.drain({ server: 's1', then: 'halt' })).toBe('empty');
    expect(listener.pool.get('s1')?.adminState).toBe('halt');
  });
});

describe.each([
  ['a balancer', (): BalancerScene => new BalancerScene(), undefined],
  ['a balancer with workers', (): BalancerScene => new WorkersScene(2), noWorkers],
] as const)('defect 21: the same of %s', (_what, makeScene, problem) => {
  it.skipIf(problem !== undefined)('drain, then update the server', async () => {
    const balancers = makeScene();
    try {
      const s1 = await balancers.addServer('s1');
      const s2 = await balancers.addServer('s2');
      const balance = { kind: 'firstAvailable' } as const;
      const balancer = await balancers.start(
        tcpService('T', [s1.options, s2.options], { balance, persistence: { kind: 'sourceIp' } }),
      );
      expect((await balancers.session('T', '127.0.4.1')).text).toBe('s1');
      const drained = balancer.drain({ server: 's1', quietForMs: 20, then: 'halt' });
      await balancers.facts.first('serverAdminStateChanged');
      // Workers hear of it a moment later, and note who comes from then on.
      for (let visit = 0; visit < 10; visit++) {
        expect((await balancers.session('T', '127.0.4.1')).text).toBe('s1');
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      for (const { socket } of balancers.clients) socket.resetAndDestroy();
      expect([...(await drained).values()]).toEqual(['empty']);
      expect(balancers.facts.of('drainFinished')).toMatchObject([{ clients: ['127.0.4.1'] }]);
      // Nobody comes any more: the server may go.
      s1.kill();
      expect((await balancers.session('T', '127.0.4.1')).text).toBe('s2');
      expect(balancers.facts.of('connectFailed')).toEqual([]);
    } finally {
      await balancers.close();
    }
  });
});
