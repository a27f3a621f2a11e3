import { isBalancingPolicy } from '../../balancing/balancing-specs.ts';
import { describe } from '../../base/wording.ts';
import { isPersistence } from '../../persistence/chain.ts';
import type { Persistence } from '../../persistence/persistence.ts';
import type { ResolvedPersistenceSpec } from '../../persistence/persistence-specs.ts';
import { isShareable } from '../../persistence/shared-persistence.ts';
import type { Report, Rule } from './rule.ts';

/** Nothing is live that cannot go to other threads: engines, policies, strategies. */
export const plainForWorkers: Rule = {
  id: 'plain-for-workers',
  severity: 'error',
  check({ engine, workers, services }, report) {
    if (workers === 0) return;
    if (engine !== 'auto' && engine !== 'linux') {
      const expected = "'auto' or 'linux', or no `workers`: each worker creates its own engine";
      report('engine', expected, describe(engine));
    }
    for (const { service, at } of services) {
      const { pool, persistence } = service.listeners[0];
      if (isBalancingPolicy(pool.balance)) {
        const expected = "a spec such as { kind: 'leastConnections' }: `workers` cannot use a live policy";
        report(at('balance'), expected, 'a live policy');
      }
      refuseLive(persistence, at('persistence'), report);
    }
  },
};

function refuseLive(persistence: ResolvedPersistenceSpec | Persistence, path: string, report: Report): void {
  if (isPersistence(persistence)) {
    if (isShareable(persistence)) return;
    const expected = "a spec such as { kind: 'sourceIp' }: `workers` cannot use a live persistence";
    report(path, expected, `a live persistence, ${persistence.name}`);
  } else if (persistence.kind === 'chain') {
    for (const [index, link] of persistence.of.entries()) refuseLive(link, `${path}.of[${index}]`, report);
  }
}
