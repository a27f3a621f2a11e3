import { setTimeout } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { EventLoopDelay, type DelayReport } from '../../../src/runtime/event-loop-delay.ts';

const delay = new EventLoopDelay();

afterEach(() => {
  delay.stop();
});

function secondsOf({ quantiles }: DelayReport): readonly number[] {
  return quantiles.map(({ seconds }) => seconds);
}

function stayBusy(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}

it('tells of a loop that was busy, once, and adds up what it found', async () => {
  const first = delay.report();
  expect(first).toMatchObject({ sumSeconds: 0, count: 0 });
  expect(secondsOf(first)).toEqual([NaN, NaN, NaN, NaN]);
  // A look comes every 20 ms, so there was one before this timer.
  await setTimeout(60);
  stayBusy(200);
  await setTimeout(1);
  const busy = delay.report();
  expect(busy.quantiles.map(({ quantile }) => quantile)).toEqual([0.5, 0.9, 0.99, 1]);
  expect(busy.quantiles.at(-1)!.seconds).toBeGreaterThan(0.1);
  expect(busy.sumSeconds).toBeGreaterThan(0.1);
  expect(busy.count).toBeGreaterThan(0);
  const next = delay.report();
  expect(secondsOf(next)).toEqual([NaN, NaN, NaN, NaN]);
  expect(next).toMatchObject({ sumSeconds: busy.sumSeconds, count: busy.count });
});
