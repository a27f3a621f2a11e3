import { listed } from '../../base/wording.ts';
import { linksIn } from '../links.ts';
import type { SmellRule } from '../rule.ts';

/** A server is not drained for good. */
export const drainForever: SmellRule = {
  id: 'drain-forever',
  severity: 'advice',
  why:
    'A drained server still gets the clients that persistence sends there, and each of their visits renews what is ' +
    'remembered. A modality that calls every few minutes never leaves, and `adminState` in a configuration has no deadline. ' +
    "`balancer.drain({ server, deadlineMs, then: 'halt' })` has one; `adminState: 'halt'` sends nobody there.",
  check({ services }, report) {
    for (const { service, at } of services) {
      const { pool, persistence } = service.listeners[0];
      const drained = pool.servers.flatMap(({ adminState }, index) =>
        adminState === 'drain' ? [index] : [],
      );
      if (drained.length === 0 || linksIn(persistence, at('persistence')).length === 0) continue;
      const names = drained.map((index) => pool.servers[index]?.name ?? '');
      report({
        path: at(`servers[${drained[0] ?? 0}].adminState`),
        services: [service.name],
        servers: names,
        message:
          `${service.name} begins with ${listed(names)} drained, and persistent clients keep coming back without end. Use ` +
          "'halt' to be rid of them, or order the drain with a deadline.",
      });
    }
  },
};
