/**
 * Exponential back-off: `baseMs` at step 0, twice as long at each further step, never more than `maxMs`.
 *
 * @param step how often it happened before, a whole number from 0
 */
export function backOffMs(step: number, baseMs: number, maxMs: number): number {
  return Math.min(maxMs, baseMs * 2 ** step);
}
