import { afterEach, describe, expect, it } from 'vitest';
import { FloodScene } from '../support/flood-scene.ts';

const limit = 256;
/** What the budget keeps of that: see `DescriptorBudget`. */
const reserve = 64;
let scene: FloodScene;
afterEach(() => scene.close());

describe.skipIf(process.platform !== 'linux')(
  'defect 25c: a batch of datagrams of a thousand clients',
  () => {
    it('opens no more flows than there are descriptors for them', async () => {
      scene = new FloodScene();
      await scene.start(limit);
      const agents = Array.from({ length: 10 }, () => scene.keptClient());
      const requests = (): Promise<readonly unknown[]> =>
        Promise.all(agents.map((agent) => scene.request(agent)));
      expect(await requests()).toEqual(agents.map(() => 200));
      const before = await scene.report();
      const sources = await scene.sources(1_000);
      const statuses: unknown[] = [];
      for (let round = 0; round < 5; round++) {
        const flooded = scene.flood(sources);
        statuses.push(...(await requests()));
        await flooded;
      }
      expect(new Set(statuses)).toEqual(new Set([200]));
      let after = await scene.report();
      while (after.goodProbes < before.goodProbes + 3 && after.badProbes.length === 0)
        after = await scene.report();
      expect(after.badProbes).toEqual([]);
      expect(after.connectFailures).toBe(0);
      expect(after.mostOpen).toBeLessThan(limit - reserve / 2);
      expect(after.log.join('\n')).not.toMatch(/EMFILE/u);
      expect(after.log.length).toBeLessThan(10);
    });
  },
);
