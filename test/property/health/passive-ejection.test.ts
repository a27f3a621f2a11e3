import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mayEject } from '../../../src/health/passive-ejection.ts';

it('never lets the whole pool be ejected, and nothing beyond the ratio but a first one', () => {
  fc.assert(
    fc.property(fc.nat(50), fc.double({ min: 0, max: 1, noNaN: true }), (poolSize, ratio) => {
      let ejected = 0;
      while (mayEject(ejected, poolSize, ratio)) ejected++;
      expect(ejected).toBeLessThanOrEqual(Math.max(0, poolSize - 1));
      if (ejected > 1) expect(ejected / poolSize).toBeLessThanOrEqual(ratio + 1e-9);
    }),
  );
});
