import { performance } from 'node:perf_hooks';
import type { Clock } from './runtime.ts';
import { systemClock } from './system-runtime.ts';

/** Where the monotonic time of this thread begins, in milliseconds that all threads of the process count alike. */
export function clockOriginMs(): number {
  return Number(process.hrtime.bigint()) / 1e6 - performance.now();
}

/**
 * The clock of a thread. Its `nowMs` agrees with that of another thread: both can compare times in shared memory.
 *
 * @param originMs of the other thread
 */
export function threadClock(originMs: number): Clock {
  const shiftMs = clockOriginMs() - originMs;
  return { ...systemClock, nowMs: () => performance.now() + shiftMs };
}
