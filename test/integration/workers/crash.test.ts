import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OtherSide } from '../../contract/engine/other-side.ts';
import type { TinyServer } from '../../support/tiny-server.ts';
import { blockOf, noWorkers, openDescriptors, threads, WorkersScene } from '../../support/workers-scene.ts';
import { tcpService } from '../balancer/balancer-scene.ts';

const addresses = Array.from({ length: 24 }, (_, index) => `127.0.5.${10 + index}`);

describe.skipIf(noWorkers !== undefined)('a worker that dies', () => {
  let scene: WorkersScene;
  let s1: TinyServer;
  let s2: TinyServer;

  beforeEach(async () => {
    scene = new WorkersScene(2);
    s1 = await scene.addServer('s1');
    s2 = await scene.addServer('s2');
    const balance = { kind: 'leastConnections' } as const;
    const persistence = { kind: 'sourceIp' } as const;
    await scene.start(tcpService('T', [s1.options, s2.options], { balance, persistence }));
  });
  afterEach(() => scene.close());

  /** The sessions of every address, by the worker that has them: those of the one with the lowest ids first. */
  async function sessions(): Promise<readonly OtherSide[][]> {
    const already = scene.facts.of('sessionOpened').length;
    const clients = await Promise.all(addresses.map((address) => scene.session('T', address)));
    await scene.facts.count('sessionOpened', already + clients.length);
    const blocks = new Map<number, OtherSide[]>();
    for (const opened of scene.facts.of('sessionOpened').slice(already)) {
      const client = clients.find(
        ({ socket }) => opened.client === `${socket.localAddress}:${socket.localPort}`,
      );
      blocks.set(blockOf(opened), [...(blocks.get(blockOf(opened)) ?? []), client!]);
    }
    return [...blocks].sort(([a], [b]) => a - b).map(([, of]) => of);
  }

  const listener = () => scene.balancer.overview().services[0]!.listeners[0]!;

  it('takes only its own sessions along, is told, and is replaced', async () => {
    const byWorker = await sessions();
    expect(byWorker).toHaveLength(2);
    scene.crash(0);
    const failed = await scene.facts.first('workerFailed');
    expect(failed).toMatchObject({ worker: 0, reason: expect.stringContaining('unknown order') as string });
    while (byWorker.flat().filter(isGone).length < failed.sessionsLost) await setImmediate();
    const [lost, kept] = byWorker[0]!.some(isGone) ? byWorker : [byWorker[1], byWorker[0]];
    expect(lost!.filter(isGone)).toHaveLength(lost!.length);
    expect(kept!.filter(isGone)).toEqual([]);
    expect(failed.sessionsLost).toBe(lost!.length);
    expect(listener().sessions).toBe(kept!.length);
    expect(listener().servers.reduce((sum, { sessions: open }) => sum + open, 0)).toBe(kept!.length);
    for (const session of kept!) session.send('still here');
    const atServers = [...s1.sessions, ...s2.sessions];
    while (atServers.filter(({ text }) => text === 'still here').length < kept!.length) await setImmediate();

    const before = new Map(scene.clients.map(({ socket, text }) => [socket.localAddress, text]));
    await scene.facts.first('workerReplaced', ({ worker }) => worker === 0);
    const again = await sessions();
    expect(again).toHaveLength(2);
    for (const { socket, text } of again.flat()) expect(text).toBe(before.get(socket.localAddress));
    expect(listener()).toMatchObject({ sessions: kept!.length + addresses.length });
  });

  it('hinders no new client: those of its socket wait until the next one is there', async () => {
    const serving = { isOver: false };
    const call = async (address: string): Promise<void> => {
      while (!serving.isOver) {
        const client = scene.connect('T', address);
        // What the worker had accepted when it died ends without an answer.
        await Promise.race([client.untilBytes(2), client.untilEnd(), client.untilClose()]);
        client.socket.resetAndDestroy();
      }
    };
    const served = Promise.all(addresses.map(call));
    for (const index of [0, 1]) {
      scene.crash(index);
      await scene.facts.count('workerReplaced', index + 1);
    }
    await sessions();
    serving.isOver = true;
    await served;
    expect(scene.facts.of('clientRefused')).toEqual([]);
  });

  it('leaves no descriptor and no thread behind, ended in whatever way', async () => {
    await sessions();
    for (const { socket } of scene.clients.splice(0)) socket.resetAndDestroy();
    await scene.facts.count('sessionClosed', addresses.length);
    const descriptors = await settled(openDescriptors);
    const running = await settled(threads);
    const ends = [
      (index: number) => scene.crash(index),
      (index: number) => void scene.workers[index]!.terminate(),
    ];
    for (const [round, end] of ends.entries()) {
      await sessions();
      end(round);
      await scene.facts.count('workerReplaced', round + 1);
      for (const { socket } of scene.clients.splice(0)) socket.resetAndDestroy();
      while (listener().sessions > 0) await setImmediate();
      // The system ends the sessions of a dead worker by FIN, to which these servers would never answer.
      for (const { socket } of [...s1.sessions, ...s2.sessions]) socket.destroy();
    }
    expect(await settled(openDescriptors)).toBe(descriptors);
    expect(await settled(threads)).toBe(running);
  });

  it('that dies again and again is replaced later each time', async () => {
    for (let death = 1; death <= 4; death++) {
      scene.crash(scene.workers.length - 1);
      await scene.facts.count('workerReplaced', death);
    }
    const failed = scene.facts
      .of('workerFailed')
      .filter(({ worker }) => worker === scene.facts.of('workerFailed')[1]!.worker);
    const replaced = scene.facts.of('workerReplaced');
    const waits = failed.map(({ atMs }) => replaced.find((fact) => fact.atMs >= atMs)!.atMs - atMs);
    expect(waits.at(-1)).toBeGreaterThanOrEqual(200);
  });
});

function isGone({ isClosed, hasEnded }: OtherSide): boolean {
  return isClosed || hasEnded;
}

/** A count that has not changed for a while. */
async function settled(count: () => number): Promise<number> {
  let last = -1;
  for (let same = 0; same < 50; same++) {
    await setImmediate();
    if (count() !== last) same = 0;
    last = count();
  }
  return last;
}
