import { expect, it } from 'vitest';
import { realStages } from '../../fuzz/framing/real-stage.ts';
import { rehearse } from '../../fuzz/framing/rehearse.ts';

it('carries random exchanges over real sockets as over virtual ones', async () => {
  const stages = realStages('auto');
  const { exchanges, failure } = await rehearse(() => stages.next(), {
    seed: 5_000,
    exchanges: 400,
    limitMs: 100_000,
  });
  await stages.close();
  expect(failure).toBeUndefined();
  expect(exchanges).toBeGreaterThanOrEqual(400);
}, 120_000);
