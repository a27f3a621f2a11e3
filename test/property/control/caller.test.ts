import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OptionReader } from '../../../src/base/options.ts';
import { describeCaller } from '../../../src/control/caller.ts';
import { readOrderer } from '../../../src/pool/orderer.ts';

const text = fc.option(fc.string({ unit: 'binary', maxLength: 200 }), { nil: undefined });

it('whatever a caller says of itself is somebody who may give orders', () => {
  fc.assert(
    fc.property(text, text, (user, program) => {
      const by = describeCaller({ 'sluice-user': user, 'user-agent': program });
      const reader = new OptionReader('order', { by });
      expect(readOrderer(reader)).toBe(by);
      reader.finish();
    }),
  );
});
