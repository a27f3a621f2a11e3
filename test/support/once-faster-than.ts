import { expect } from 'vitest';

/** A busy machine is slow at times, a fault each time. */
const maxTries = 20;

/** Repeats the work until it has taken less than the limit once. @param measure gives the time that it took */
export async function onceFasterThan(limitMs: number, measure: () => Promise<number>): Promise<void> {
  let fastestMs = Infinity;
  for (let tries = 0; tries < maxTries && fastestMs >= limitMs; tries++)
    fastestMs = Math.min(fastestMs, await measure());
  expect(fastestMs).toBeLessThan(limitMs);
}

/** As {@link onceFasterThan}, by the clock. */
export function onceDoneWithin(limitMs: number, work: () => Promise<unknown>): Promise<void> {
  return onceFasterThan(limitMs, async () => {
    const startMs = performance.now();
    await work();
    return performance.now() - startMs;
  });
}
