import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { systemRuntime, type Runtime } from '../../src/index.ts';
import { tcpService } from '../integration/balancer/balancer-scene.ts';
import { noWorkers, WorkersScene } from '../support/workers-scene.ts';

/** So much faster goes the clock of the main thread, which watches: what takes 10 s takes 2 s. */
const speed = 5;
const { clock } = systemRuntime;
const hasty: Runtime = {
  ...systemRuntime,
  clock: {
    nowMs: () => speed * clock.nowMs(),
    wallMs: () => clock.wallMs(),
    schedule: (delayMs, callback) => clock.schedule(delayMs / speed, callback),
  },
};

describe.skipIf(noWorkers !== undefined)('defect 15: a worker that hangs', () => {
  let scene: WorkersScene | undefined;
  afterEach(() => scene?.close());

  it('is noticed and replaced like one that died, and only it', async () => {
    scene = new WorkersScene(2);
    const server = await scene.addServer('s1');
    const balancer = scene.build({ services: [tcpService('T', [server.options])] }, { runtime: hasty });
    await balancer.start();
    const sessions = await Promise.all(
      Array.from({ length: 24 }, (_, index) => scene!.session('T', `127.0.5.${10 + index}`)),
    );
    await scene.facts.count('sessionOpened', sessions.length);
    await scene.hang(0);
    const failed = await scene.facts.first('workerFailed');
    expect(failed).toMatchObject({ worker: 0, reason: 'its event loop has been blocked for 10 s' });
    await scene.facts.first('workerReplaced', ({ worker }) => worker === 0);
    const isGone = ({ hasEnded, isClosed }: (typeof sessions)[number]): boolean => hasEnded || isClosed;
    while (sessions.filter(isGone).length < failed.sessionsLost) await setTimeout(5);
    expect(failed.sessionsLost).toBeGreaterThan(0);
    expect(failed.sessionsLost).toBeLessThan(sessions.length);
    for (const session of sessions.filter((one) => !isGone(one))) session.send('still here');
    await Promise.all(Array.from({ length: 24 }, (_, index) => scene!.session('T', `127.0.6.${10 + index}`)));
    expect(scene.facts.of('workerFailed')).toHaveLength(1);
  });
});
