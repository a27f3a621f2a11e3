import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EntryHistory } from '../../../src/admin/events/entry-history.ts';

describe('a history', () => {
  it('has the last so many entries, each under its number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 60 }), (capacity, count) => {
        const history = new EntryHistory(capacity);
        for (let index = 0; index < count; index++) history.add((number) => Buffer.from(String(number)));
        expect(history.last).toBe(count);
        for (let number = -1; number <= count + 1; number++) {
          const isKept = number >= 1 && number <= count && number > count - capacity;
          expect(history.get(number)?.toString()).toBe(isKept ? String(number) : undefined);
        }
        expect(history.first).toBe(Math.max(1, count - capacity + 1));
      }),
    );
  });
});
