import { isBalancingPolicy } from '../../balancing/balancing-specs.ts';
import { describe } from '../../base/wording.ts';
import { isPersistence } from '../../persistence/chain.ts';
import { isShareable } from '../../persistence/shared-persistence.ts';
import { linksIn } from '../links.ts';
import type { StrictRule } from '../rule.ts';

/** Nothing is live that cannot go to other threads: engines, policies, strategies. */
export const plainForWorkers: StrictRule = {
  id: 'plain-for-workers',
  severity: 'error',
  why:
    'Workers are threads of their own. Each makes its engine, its policies and its strategies from the configuration, and ' +
    'an object of this thread cannot go there.',
  check({ engine, workers, services }, report) {
    if (workers === 0) return;
    if (engine !== 'auto' && engine !== 'linux') {
      const expected = "'auto' or 'linux', or no `workers`: they have an engine each";
      report({ path: 'engine', expected, actual: describe(engine) });
    }
    for (const { service, at } of services) {
      const { pool, persistence } = service.listeners[0];
      const refuse = (path: string, expected: string, actual: string): void =>
        report({ path, services: [service.name], expected, actual });
      if (isBalancingPolicy(pool.balance)) {
        const expected = "a spec such as { kind: 'leastConnections' }: a live policy cannot go to `workers`";
        refuse(at('balance'), expected, 'a live policy');
      }
      for (const { link, path } of linksIn(persistence, at('persistence'))) {
        if (!isPersistence(link) || isShareable(link)) continue;
        const expected = "a spec such as { kind: 'sourceIp' }: a live persistence cannot go to `workers`";
        refuse(path, expected, `a live persistence, ${link.name}`);
      }
    }
  },
};
