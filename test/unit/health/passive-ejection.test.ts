import { describe, expect, it } from 'vitest';
import { PassiveEjection, mayEject } from '../../../src/health/passive-ejection.ts';
import { passiveHealthDefaults, readPassiveHealth } from '../../../src/health/passive-health-options.ts';

const options = { ...passiveHealthDefaults, failures: 3, ejectMs: 100, maxEjectMs: 350 };

function failTimes(ejection: PassiveEjection, times: number): boolean[] {
  return Array.from({ length: times }, () => ejection.recordFailure());
}
import { readOption } from '../../support/read-option.ts';

describe('PassiveEjection', () => {
  it('is due after that many failures in a row', () => {
    const ejection = new PassiveEjection(options);
    expect(failTimes(ejection, 2)).toEqual([false, false]);
    ejection.recordSuccess(0);
    expect(failTimes(ejection, 3)).toEqual([false, false, true]);
  });

  it('stays due while it may not be ejected', () => {
    expect(failTimes(new PassiveEjection(options), 5)).toEqual([false, false, true, true, true]);
  });

  it('doubles the time up to the cap', () => {
    const ejection = new PassiveEjection(options);
    const times = [0, 1000, 2000, 3000].map((nowMs) => {
      const ejectMs = ejection.eject(nowMs);
      expect(ejection.isEjected).toBe(true);
      expect(ejection.readmitAtMs).toBe(nowMs + ejectMs);
      ejection.readmit(nowMs + ejectMs);
      expect(ejection.isEjected).toBe(false);
      return ejectMs;
    });
    expect(times).toEqual([100, 200, 350, 350]);
  });

  it('does not count failures of sessions that were already connecting', () => {
    const ejection = new PassiveEjection(options);
    failTimes(ejection, 3);
    ejection.eject(0);
    expect(failTimes(ejection, 10)).not.toContain(true);
    ejection.readmit(100);
    expect(failTimes(ejection, 3)).toEqual([false, false, true]);
  });

  it('begins again at the first step after a success, back for as long as it was out', () => {
    const ejection = new PassiveEjection(options);
    ejection.eject(0);
    ejection.readmit(100);
    ejection.eject(100);
    ejection.readmit(300);
    ejection.recordSuccess(500);
    expect(ejection.eject(500)).toBe(100);
  });

  it('goes on doubling where the calm was shorter', () => {
    const ejection = new PassiveEjection(options);
    ejection.eject(0);
    ejection.readmit(100);
    ejection.recordSuccess(199);
    expect(ejection.eject(200)).toBe(200);
  });

  it('does not take a late success of an ejected server for calm', () => {
    const ejection = new PassiveEjection(options);
    ejection.eject(0);
    ejection.recordSuccess(10_000);
    ejection.readmit(10_000);
    expect(ejection.eject(10_000)).toBe(200);
  });
});

describe('mayEject', () => {
  it.each([
    { pool: 0, ratio: 1, most: 0 },
    { pool: 1, ratio: 1, most: 0 },
    { pool: 2, ratio: 0.5, most: 1 },
    { pool: 2, ratio: 0.1, most: 1 },
    { pool: 2, ratio: 1, most: 1 },
    { pool: 3, ratio: 0.5, most: 1 },
    { pool: 5, ratio: 0.5, most: 2 },
    { pool: 10, ratio: 0.3, most: 3 },
    { pool: 100, ratio: 0.29, most: 29 },
    { pool: 10, ratio: 1, most: 9 },
    { pool: 10, ratio: 0, most: 0 },
  ])('lets $most of $pool go at a ratio of $ratio', ({ pool, ratio, most }) => {
    const allowed = Array.from({ length: pool + 1 }, (_, ejected) => mayEject(ejected, pool, ratio));
    expect(allowed).toEqual(allowed.map((_, ejected) => ejected < most));
  });
});

describe('readPassiveHealth', () => {
  it('is all defaults, some, or off', () => {
    expect(readOption(readPassiveHealth, undefined).value).toEqual(passiveHealthDefaults);
    expect(readOption(readPassiveHealth, { failures: 2 }).value).toEqual({
      ...passiveHealthDefaults,
      failures: 2,
    });
    expect(readOption(readPassiveHealth, false).value).toBe(false);
  });

  it('reports every problem', () => {
    const wrong = { failures: 0, maxEjectedRatio: 2, ejectMS: 5 };
    const { paths, problems } = readOption(readPassiveHealth, wrong, 'p');
    expect(paths).toEqual(['p.failures', 'p.maxEjectedRatio', 'p']);
    expect(problems[2]?.expected).toContain("'ejectMs'");
  });

  it('refuses a cap below the first ejection, and what is no object', () => {
    expect(readOption(readPassiveHealth, { ejectMs: 600_000 }, 'p').paths).toEqual(['p.maxEjectMs']);
    expect(readOption(readPassiveHealth, true, 'q').paths).toEqual(['q']);
  });
});
