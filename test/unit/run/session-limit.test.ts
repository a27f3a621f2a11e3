import { expect, it } from 'vitest';
import { OwnLimit } from '../../../src/run/session-limit.ts';

it('lets in as many as it may, and more as others leave', () => {
  const limit = new OwnLimit(2);
  expect([limit.take(), limit.isFull, limit.take(), limit.isFull, limit.take()]).toEqual([
    true,
    false,
    true,
    true,
    false,
  ]);
  limit.giveBack();
  expect([limit.isFull, limit.take()]).toEqual([false, true]);
});
