import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PathSet } from '../../../src/config/path-set.ts';

const path = fc.string({ unit: fc.constantFrom('a', 'b', '.', '[', '\u{ffff}', '\u{10000}'), maxLength: 4 });

it('a path set knows what its paths begin with', () => {
  fc.assert(
    fc.property(fc.array(path), path, (paths, start) => {
      expect(new PathSet(paths).hasBelow(start)).toBe(paths.some((one) => one.startsWith(start)));
    }),
  );
});
