import { describe, expect, it } from 'vitest';
import { HealthThresholds } from '../../../src/health/thresholds.ts';

describe('HealthThresholds', () => {
  it.each([
    [true, 'up'],
    [false, 'down'],
  ] as const)('lets the first result decide: %s', (ok, health) => {
    const thresholds = new HealthThresholds(5, 5);
    expect(thresholds.health).toBe('unknown');
    expect(thresholds.consume(ok)).toBe(health);
    expect(thresholds.health).toBe(health);
  });

  it('goes down after `fall` failures in a row, and tells once', () => {
    const thresholds = new HealthThresholds(2, 3);
    thresholds.consume(true);
    expect([false, false, true, false, false].map((ok) => thresholds.consume(ok))).toEqual(
      new Array(5).fill(undefined),
    );
    expect(thresholds.consume(false)).toBe('down');
    expect(thresholds.consume(false)).toBeUndefined();
  });

  it('comes up after `rise` successes in a row', () => {
    const thresholds = new HealthThresholds(2, 3);
    thresholds.consume(false);
    expect([true, false, true, true].map((ok) => thresholds.consume(ok))).toEqual([
      undefined,
      undefined,
      undefined,
      'up',
    ]);
  });

  it('is undecided while unknown and while results contradict the health', () => {
    const thresholds = new HealthThresholds(2, 2);
    const undecided = [thresholds.isUndecided];
    for (const ok of [true, false, true, false, false, true, true]) {
      thresholds.consume(ok);
      undecided.push(thresholds.isUndecided);
    }
    expect(undecided).toEqual([true, false, true, false, true, false, true, false]);
  });
});
