import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { smoothSchedule } from '../../../src/balancing/smooth-schedule.ts';

const weights = fc.array(fc.integer({ min: 1, max: 256 }), { minLength: 1, maxLength: 12 });

/** The largest difference, over all prefixes of the rounds, between the turns one number had and its share. */
function largestDeviation(given: readonly number[], order: Uint32Array): number {
  const had = given.map(() => 0);
  let largest = 0;
  for (const [turn, number] of order.entries()) {
    had[number] = (had[number] ?? 0) + 1;
    for (const [index, weight] of given.entries()) {
      const share = ((turn + 1) * weight) / order.length;
      largest = Math.max(largest, Math.abs((had[index] ?? 0) - share));
    }
  }
  return largest;
}

describe('smoothSchedule', () => {
  it('has each number exactly as often as its weight', () => {
    fc.assert(
      fc.property(weights, (given) => {
        const counts = given.map(() => 0);
        for (const number of smoothSchedule(given)) counts[number] = (counts[number] ?? 0) + 1;
        expect(counts).toEqual(given);
      }),
    );
  });

  it('is never a whole turn away from the exact share, hence less than two over any window', () => {
    fc.assert(
      fc.property(weights, (given) => {
        expect(largestDeviation(given, smoothSchedule(given))).toBeLessThan(1);
      }),
    );
  });

  it('holds for the extremes: one heavy among many light ones', () => {
    const given = [256, ...Array.from({ length: 99 }, () => 1)];
    expect(largestDeviation(given, smoothSchedule(given))).toBeLessThan(1);
  });
});
