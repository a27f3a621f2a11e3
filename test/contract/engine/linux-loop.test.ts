import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventLoop } from '../../../src/engine/linux/loop/event-loop.ts';
import { LinuxEngine } from '../../../src/engine/linux/linux-engine.ts';
import { linuxProblem } from '../../../src/engine/linux/self-test.ts';
import { turns } from './condition.ts';
import { EngineFixture, promiseOf } from './engine-fixture.ts';

const program = new URL('../../support/programs/throwing-ticks.ts', import.meta.url);

/** The Linux engine waits instead of libuv. */
describe.skipIf(linuxProblem() !== undefined)('the linux engine, waiting', () => {
  let fixture: EngineFixture;

  beforeEach(() => {
    fixture = new EngineFixture((runtime) => new LinuxEngine(runtime));
  });
  afterEach(() => fixture.dispose());

  it('counts as idle what it waits, so that the utilization of the event loop is right', async () => {
    await fixture.pair('accepted');
    const before = performance.eventLoopUtilization();
    await setTimeout(100);
    const { idle, active } = performance.eventLoopUtilization(before);
    expect(idle).toBeGreaterThan(active);
  });

  it('goes by the time after a handler that took long, so that no timer is late by that', async () => {
    const restMs = vi.spyOn(EventLoop.prototype, 'restMs');
    const { connection, recorder, other } = await fixture.accepted();
    const endMs = promiseOf<number>();
    recorder.on.data = () => {
      const untilMs = performance.now() + 5;
      while (performance.now() < untilMs);
      restMs.mockClear();
      endMs.resolve(performance.now());
    };
    connection.resume();
    other.send('busy');
    const busyUntilMs = await endMs.promise;
    await turns(5);
    expect(restMs.mock.calls[0]?.[0]).toBeGreaterThanOrEqual(busyUntilMs);
    restMs.mockRestore();
  });

  it('waits for all engines of the thread together, whichever of them is closed', async () => {
    const other = new EngineFixture((runtime) => new LinuxEngine(runtime));
    const [mine, its] = [await fixture.pair('accepted'), await other.pair('outgoing')];
    its.other.send('one');
    await its.recorder.untilBytes(3);
    mine.other.send('two');
    await mine.recorder.untilBytes(3);
    await other.dispose();
    mine.other.send('three');
    await mine.recorder.untilBytes(8);
    expect(mine.recorder.text).toBe('twothree');
  });

  it('goes on after an exception in what a handler put off to the next tick', async () => {
    const child = fork(program, { execArgv: ['--import', 'tsx'] });
    const [answer] = (await once(child, 'message')) as [unknown];
    expect(answer).toEqual({ echoed: 'abc', caught: ['on purpose', 'on purpose', 'on purpose'] });
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(0);
  });
});
