import { formatEndpoint } from '../../model/endpoint.ts';
import { isServedBy } from '../../model/host.ts';
import { reachedPort } from '../placed-services.ts';
import type { StrictRule } from '../rule.ts';

/** No server is the service itself. */
export const selfForwarding: StrictRule = {
  id: 'self-forwarding',
  severity: 'error',
  why: 'A service that is its own server opens another connection to itself for each one that it gets, without end.',
  check({ services }, report) {
    for (const { service, at } of services) {
      const [listener] = service.listeners;
      const { host, port, pool } = listener;
      for (const [index, server] of pool.servers.entries()) {
        const serverPort = reachedPort(server, listener);
        // Port 0 is any free one.
        if (!(serverPort > 0) || serverPort !== port || !isServedBy(host, server.host)) continue;
        report({
          path: `${at('servers')}[${index}]`,
          services: [service.name],
          servers: [server.name],
          expected: 'a different address or port than the service itself',
          actual: `${formatEndpoint(server.host, port)}, where the service itself listens`,
        });
      }
    }
  },
};
