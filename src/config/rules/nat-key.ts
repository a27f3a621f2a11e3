import { isPersistence } from '../../persistence/chain.ts';
import { isSourceIpSpec, linksIn } from '../links.ts';
import type { SmellRule } from '../rule.ts';

/** The address is not what tells clients of a proxy apart. */
export const natKey: SmellRule = {
  id: 'nat-key',
  severity: 'warning',
  why:
    "With `forwardedFor: 'append'` the clients are proxies, and a proxy has one address for all who are behind it. Source IP " +
    'persistence then sends a whole site to one server. A cookie tells its clients apart, where it is asked first.',
  check({ services }, report) {
    for (const { service, at } of services) {
      const { mode, persistence } = service.listeners[0];
      if (mode.name !== 'http' || mode.options.forwardedFor !== 'append') continue;
      const [first] = linksIn(persistence, at('persistence'));
      if (first === undefined || isPersistence(first.link) || !isSourceIpSpec(first.link)) continue;
      report({
        path: first.path,
        services: [service.name],
        message:
          `${service.name} has proxies as clients (forwardedFor 'append'), and remembers them by address: all clients of a ` +
          "proxy get one server. Put { kind: 'httpCookie' } before it in a chain.",
      });
    }
  },
};
