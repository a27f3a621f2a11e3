import { expect, it } from 'vitest';
import { backOffMs } from '../../../src/health/back-off.ts';

it('doubles up to the cap, at any step', () => {
  expect([0, 1, 2, 3, 4, 5, 10_000].map((step) => backOffMs(step, 10, 250))).toEqual([
    10, 20, 40, 80, 160, 250, 250,
  ]);
});
