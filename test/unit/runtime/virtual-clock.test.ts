import { expect, it } from 'vitest';
import { VirtualClock } from '../../../src/runtime/virtual-clock.ts';

it('stands still until it is advanced', async () => {
  const clock = new VirtualClock(1000);
  expect([clock.nowMs(), clock.wallMs()]).toEqual([0, 1000]);
  await clock.advance(2.5);
  expect([clock.nowMs(), clock.wallMs()]).toEqual([2.5, 1002.5]);
});

it('fires what falls due, in order of time and then of arming, at its own time', async () => {
  const clock = new VirtualClock();
  const fired: string[] = [];
  const note = (name: string) => () => fired.push(`${name} at ${clock.nowMs()}`);
  clock.schedule(20, note('c'));
  clock.schedule(10, note('a'));
  clock.schedule(10, note('b'));
  clock.schedule(21, note('later'));
  clock.schedule(Infinity, note('never'));
  await clock.advance(20);
  expect(fired).toEqual(['a at 10', 'b at 10', 'c at 20']);
  expect([clock.nowMs(), clock.pending]).toEqual([20, 2]);
});

it('fires timers that others arm on the way', async () => {
  const clock = new VirtualClock();
  const times: number[] = [];
  const again = (): void => {
    times.push(clock.nowMs());
    clock.schedule(10, again);
  };
  clock.schedule(10, again);
  await clock.advance(35);
  expect(times).toEqual([10, 20, 30]);
});

it('settles promises between two timers', async () => {
  const clock = new VirtualClock();
  const order: string[] = [];
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => void clock.schedule(ms, resolve));
  void sleep(1).then(() => order.push('reaction'));
  clock.schedule(1, () => order.push('next timer'));
  await clock.advance(1);
  expect(order).toEqual(['reaction', 'next timer']);
});

it('fires no timer that was cancelled or disposed, also by another of the same time', async () => {
  const clock = new VirtualClock();
  const fired: string[] = [];
  clock.schedule(5, () => {
    second.cancel();
  });
  const second = clock.schedule(5, () => fired.push('second'));
  {
    using _third = clock.schedule(5, () => fired.push('third'));
  }
  await clock.advance(10);
  expect([fired, clock.pending]).toEqual([[], 0]);
});

it('takes a delay below zero as none', async () => {
  const clock = new VirtualClock();
  const times: number[] = [];
  clock.schedule(-10, () => times.push(clock.nowMs()));
  await clock.advance(0);
  expect(times).toEqual([0]);
});
