import { expect, it } from 'vitest';
import { rehearse } from '../../fuzz/framing/rehearse.ts';
import { virtualStage } from '../../fuzz/framing/virtual-stage.ts';

/** Plays 20,000 exchanges in all; `npm run fuzz` goes on from any seed. */
it.each([1_000, 2_000, 3_000, 4_000])(
  'each side gets what the other one sent, whole or visibly cut, and nothing of anybody else: seed %d',
  async (seed) => {
    const { exchanges, failure } = await rehearse(virtualStage, { seed, exchanges: 5_000, limitMs: 240_000 });
    expect(failure).toBeUndefined();
    expect(exchanges).toBeGreaterThanOrEqual(5_000);
  },
  300_000,
);
