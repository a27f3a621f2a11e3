import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DurationKind, ListenerOverview } from '../../../src/index.ts';
import { OtherSide } from '../../contract/engine/other-side.ts';
import { blockOf, noWorkers, WorkersScene } from '../../support/workers-scene.ts';
import { tcpService } from '../balancer/balancer-scene.ts';

const addresses = Array.from({ length: 24 }, (_, index) => `127.0.8.${10 + index}`);

describe.skipIf(noWorkers !== undefined)('durations in workers', () => {
  let scene: WorkersScene;
  beforeEach(() => {
    scene = new WorkersScene(2);
  });
  afterEach(() => scene.close());

  /** A session of each address, which ends. Nobody looks at the overview meanwhile, which would begin to measure. */
  async function sessions(service: string): Promise<void> {
    const before = scene.facts.of('sessionClosed').length;
    const { port } = scene.facts.of('listenerStarted').findLast((started) => started.service === service)!;
    const clients = addresses.map((localAddress) => {
      return new OtherSide(connect({ host: '127.0.0.1', port, localAddress }));
    });
    scene.clients.push(...clients);
    await Promise.all(clients.map((client) => client.untilBytes(2)));
    for (const { socket } of clients) socket.resetAndDestroy();
    await scene.facts.count('sessionClosed', before + clients.length);
  }

  function listener(index = 0): ListenerOverview {
    return scene.balancer.overview().services[index]!.listeners[0]!;
  }

  function countOf(kind: DurationKind, index = 0): number {
    return listener(index).durations![kind].counts.reduce((sum, count) => sum + count);
  }

  it('add up, from the first session of a service on, and stay where a worker dies', async () => {
    const server = await scene.addServer('s1');
    const balancer = await scene.start(tcpService('FIRST', [server.options]), tcpService('EMPTY', []));
    await sessions('FIRST');
    expect(listener().durations).toBeUndefined();
    expect(balancer.metrics.text()).toContain('sluice_service_session_duration_seconds_count');
    expect(countOf('session')).toBe(0);
    await sessions('FIRST');
    expect([countOf('session'), countOf('connect')]).toEqual([addresses.length, addresses.length]);
    expect(new Set(scene.facts.of('sessionClosed').map(blockOf)).size).toBe(2);

    const services = [tcpService('FIRST', [server.options]), tcpService('LATER', [server.options])];
    await balancer.apply({ services, workers: 2 });
    await sessions('LATER');
    expect(countOf('session', 1)).toBe(addresses.length);

    scene.crash(0);
    await scene.facts.first('workerReplaced');
    expect(countOf('session')).toBe(addresses.length);
    await sessions('FIRST');
    expect(countOf('session')).toBe(2 * addresses.length);
  });

  it('are beside refusals by reason', async () => {
    await scene.start(tcpService('EMPTY', []));
    await Promise.all(addresses.map((address) => scene.connect('EMPTY', address).untilReset()));
    await scene.facts.count('clientRefused', addresses.length);
    const { refusals, refusedTotal } = listener();
    expect(refusals).toEqual({
      'no-server': addresses.length,
      'queue-full': 0,
      'queue-timeout': 0,
      'bad-request': 0,
      timeout: 0,
    });
    expect(refusedTotal).toBe(addresses.length);
  });
});
