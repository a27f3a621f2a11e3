import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Condition } from '../../contract/engine/condition.ts';
import type { OtherSide } from '../../contract/engine/other-side.ts';
import type { TinyServer } from '../../support/tiny-server.ts';
import { blockOf, noWorkers, WorkersScene } from '../../support/workers-scene.ts';
import { tcpService } from '../balancer/balancer-scene.ts';

/** How many sessions a server has at most: those that have come, without those whose clients have left. */
class Concurrency {
  most = 0;
  #now = 0;
  readonly #condition = new Condition();

  constructor(server: TinyServer) {
    server.onSession = () => {
      this.#now += 1;
      this.most = Math.max(this.most, this.#now);
      this.#condition.changed();
    };
  }

  /** Until it has had so many at once. */
  until(count: number): Promise<void> {
    return this.#condition.until(() => this.most >= count);
  }

  leave({ socket }: OtherSide): void {
    this.#now -= 1;
    socket.resetAndDestroy();
  }
}

describe.skipIf(noWorkers !== undefined)('limits across workers', () => {
  let scene: WorkersScene;
  let s1: TinyServer;
  let s2: TinyServer;

  beforeEach(async () => {
    scene = new WorkersScene(3);
    s1 = await scene.addServer('s1');
    s2 = await scene.addServer('s2');
  });
  afterEach(() => scene.close());

  it("never exceed a server's maxSessions, and serve everybody who waits, in whatever worker", async () => {
    const seen = { s1: new Concurrency(s1), s2: new Concurrency(s2) };
    const servers = [
      { ...s1.options, maxSessions: 3 },
      { ...s2.options, maxSessions: 2 },
    ];
    await scene.start(tcpService('T', servers, { balance: { kind: 'leastConnections' } }));
    const clients = Array.from({ length: 60 }, () => scene.connect('T'));
    const isFull = Promise.all([seen.s1.until(3), seen.s2.until(2)]);
    // Each is served, and then, once there is no more room, makes some for one of those who wait.
    await Promise.all(
      clients.map(async (client) => {
        await client.untilBytes(2);
        await isFull;
        seen[client.text as 's1' | 's2'].leave(client);
      }),
    );
    await scene.facts.count('sessionClosed', 60);
    expect([seen.s1.most, seen.s2.most]).toEqual([3, 2]);
    expect(new Set(scene.facts.of('sessionOpened').map(blockOf)).size).toBeGreaterThan(1);
    const overview = scene.balancer.overview().services[0]!.listeners[0]!;
    expect(overview).toMatchObject({ sessions: 0, sessionsTotal: 60, queued: 0, refusedTotal: 0 });
    expect(overview.servers.map(({ sessions }) => sessions)).toEqual([0, 0]);
  });

  it('tell how many wait, and how long the queue may be', async () => {
    const servers = [{ ...s1.options, maxSessions: 1 }];
    await scene.start(tcpService('T', servers, { maxQueued: 4 }));
    await scene.session('T');
    const waiting = Array.from({ length: 12 }, () => scene.connect('T'));
    const { listeners } = scene.balancer.overview().services[0]!;
    expect(listeners[0]!.servers[0]!.availability).toBe('full');
    await scene.facts.count('clientRefused', 6);
    expect(scene.balancer.overview().services[0]!.listeners[0]!.queued).toBeLessThanOrEqual(6);
    for (const { socket } of waiting) socket.resetAndDestroy();
  });

  it("never exceed a listener's maxSessions; further clients wait until one of any worker ends", async () => {
    const seen = new Concurrency(s1);
    await scene.start(tcpService('T', [s1.options], { maxSessions: 4 }));
    const clients = Array.from({ length: 40 }, () => scene.connect('T'));
    const isFull = seen.until(4);
    await Promise.all(
      clients.map(async (client) => {
        await client.untilBytes(2);
        await isFull;
        expect(scene.balancer.overview().services[0]!.listeners[0]!.sessions).toBeLessThanOrEqual(4);
        seen.leave(client);
      }),
    );
    await scene.facts.count('sessionClosed', 40);
    expect(seen.most).toBe(4);
    expect(scene.balancer.overview().services[0]!.listeners[0]).toMatchObject({
      sessions: 0,
      sessionsTotal: 40,
      refusedTotal: 0,
    });
  });

  it('let a client that waits go', async () => {
    await scene.start(tcpService('T', [s1.options], { maxSessions: 1 }));
    const first = await scene.session('T');
    const waiting = Array.from({ length: 9 }, () => scene.connect('T'));
    for (const { socket } of waiting.slice(0, 8)) socket.resetAndDestroy();
    first.socket.resetAndDestroy();
    await waiting[8]!.untilBytes(2);
    expect(waiting[8]!.text).toBe('s1');
  });
});
