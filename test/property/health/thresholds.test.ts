import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HealthThresholds } from '../../../src/health/thresholds.ts';

/** The definition, by looking back over the whole history. */
function referenceHealth(results: readonly boolean[], rise: number, fall: number): 'up' | 'down' | 'unknown' {
  let health: 'up' | 'down' | 'unknown' = 'unknown';
  for (let end = 1; end <= results.length; end++) {
    const last = (count: number): readonly boolean[] => results.slice(Math.max(0, end - count), end);
    const allOf = (count: number, ok: boolean): boolean =>
      last(count).length === count && last(count).every((result) => result === ok);
    if (health === 'unknown') health = results[0] ? 'up' : 'down';
    else if (health === 'up' && allOf(fall, false)) health = 'down';
    else if (health === 'down' && allOf(rise, true)) health = 'up';
  }
  return health;
}

it('agrees with the definition after every result, and tells every change and no other', () => {
  const threshold = fc.integer({ min: 1, max: 5 });
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 60 }), threshold, threshold, (results, rise, fall) => {
      const thresholds = new HealthThresholds(rise, fall);
      for (const [index, ok] of results.entries()) {
        const before = thresholds.health;
        const changed = thresholds.consume(ok);
        expect(thresholds.health).toBe(referenceHealth(results.slice(0, index + 1), rise, fall));
        expect(changed).toBe(thresholds.health === before ? undefined : thresholds.health);
        expect(thresholds.isUndecided).toBe(ok !== (thresholds.health === 'up'));
      }
    }),
  );
});
