import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Ring } from '../../../src/records/ring.ts';

it('keeps the last so many, the oldest first', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 }), fc.array(fc.nat(), { maxLength: 40 }), (capacity, added) => {
      const ring = new Ring<number>(capacity);
      for (const item of added) ring.add(item);
      expect(ring.items).toEqual(added.slice(-capacity));
    }),
  );
});
