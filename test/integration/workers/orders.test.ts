import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TinyServer } from '../../support/tiny-server.ts';
import { noWorkers, WorkersScene } from '../../support/workers-scene.ts';
import { tcpService } from '../balancer/balancer-scene.ts';

const addresses = Array.from({ length: 16 }, (_, index) => `127.0.3.${10 + index}`);

describe.skipIf(noWorkers !== undefined)('orders and health in all workers', () => {
  let scene: WorkersScene;
  let s1: TinyServer;
  let s2: TinyServer;
  let rounds = 0;

  beforeEach(async () => {
    scene = new WorkersScene(3);
    s1 = await scene.addServer('s1');
    s2 = await scene.addServer('s2');
  });
  afterEach(() => scene.close());

  /**
   * The names of the servers that answered many clients, of whom every worker has some. Each round has new
   * clients: one that was seen before an order goes on to its server.
   */
  async function served(): Promise<Set<string>> {
    rounds += 1;
    const round = addresses.map((_, client) => `127.1.${rounds % 256}.${10 + client}`);
    const clients = await Promise.all(round.map((address) => scene.session('T', address)));
    for (const { socket } of clients) socket.resetAndDestroy();
    return new Set(clients.map(({ text }) => text));
  }

  /** Until no worker sends anybody to other servers. */
  async function untilServedBy(...names: string[]): Promise<void> {
    while ([...(await served())].sort().join() !== names.join());
  }

  it('drain: new clients go elsewhere, persistent ones stay, and it ends with the last session', async () => {
    const balance = { kind: 'firstAvailable' } as const;
    await scene.start(
      tcpService('T', [s1.options, s2.options], { balance, persistence: { kind: 'sourceIp' } }),
    );
    const old = await scene.session('T', '127.0.4.1');
    expect(old.text).toBe('s1');
    const drained = scene.balancer.drain({ server: 's1' });
    await untilServedBy('s2');
    expect((await scene.session('T', '127.0.4.1')).text).toBe('s1');
    for (const { socket } of scene.clients) socket.resetAndDestroy();
    expect([...(await drained).values()]).toEqual(['empty']);
    expect(scene.balancer.overview().services[0]!.listeners[0]!.servers[0]!.sessions).toBe(0);
  });

  it('drain: cuts at the deadline what is left in any worker', async () => {
    await scene.start(tcpService('T', [s1.options]));
    const sessions = await Promise.all(addresses.map((address) => scene.session('T', address)));
    const drained = scene.balancer.drain({ server: 's1', deadlineMs: 20 });
    await Promise.all(sessions.map((session) => session.untilReset()));
    expect([...(await drained).values()]).toEqual(['deadline']);
    expect(scene.facts.of('drainFinished')).toMatchObject([
      { reason: 'deadline', aborted: addresses.length },
    ]);
  });

  it('halt, online and weight', async () => {
    await scene.start(tcpService('T', [s1.options, s2.options], { balance: { kind: 'roundRobin' } }));
    scene.balancer.halt({ server: 's1' });
    await untilServedBy('s2');
    scene.balancer.online({ server: 's1' });
    await untilServedBy('s1', 's2');
    scene.balancer.setWeight({ server: 's2', weight: 0 });
    await untilServedBy('s1');
    expect(scene.facts.of('serverAdminStateChanged')).toHaveLength(2);
  });

  it('a server that goes down is used by no worker, and its sessions are cut where it says so', async () => {
    const probe = { kind: 'connect' } as const;
    const healthCheck = { probe, intervalMs: 50, rise: 1, fall: 1, onDown: 'abort' } as const;
    const balance = { kind: 'roundRobin' } as const;
    await scene.start(tcpService('T', [s1.options, s2.options], { balance, healthCheck }));
    // The first probes come at random moments.
    for (const name of ['s1', 's2'])
      await scene.facts.first(
        'serverHealthChanged',
        ({ server, current }) => server === name && current === 'up',
      );
    await untilServedBy('s1', 's2');
    const sessions = await Promise.all(addresses.map((address) => scene.session('T', address)));
    const onFirst = sessions.filter(({ text }) => text === 's1');
    s1.refuse();
    await scene.facts.first('serverHealthChanged', ({ current }) => current === 'down');
    await Promise.all(onFirst.map((session) => session.untilReset()));
    await untilServedBy('s2');
    const { status, servers } = scene.balancer.overview().services[0]!.listeners[0]!;
    expect([status, ...servers.map(({ health }) => health)]).toEqual(['degraded', 'down', 'up']);
    await s1.listen();
    await untilServedBy('s1', 's2');
  });

  it('connect failures of all workers together take a server out, and the next success counts', async () => {
    const passiveHealth = { failures: 3, ejectMs: 60_000 };
    const balance = { kind: 'roundRobin' } as const;
    await scene.start(tcpService('T', [s1.options, s2.options], { balance, passiveHealth }));
    s1.refuse();
    while (scene.facts.of('serverEjected').length === 0) expect(await served()).toEqual(new Set(['s2']));
    expect(scene.facts.of('connectFailed').length).toBeGreaterThanOrEqual(3);
    expect(scene.facts.of('serverEjected')).toMatchObject([{ server: 's1', service: 'T' }]);
    const failures = scene.balancer.overview().services[0]!.listeners[0]!.servers[0]!;
    expect(failures).toMatchObject({ ejected: true, availability: 'unavailable' });
    expect(failures.connectFailuresTotal).toBe(scene.facts.of('connectFailed').length);
  });
});
