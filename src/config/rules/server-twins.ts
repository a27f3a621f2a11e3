import { formatEndpoint } from '../../model/endpoint.ts';
import { isSameHost } from '../../model/host.ts';
import type { ServerOptions } from '../../model/server.ts';
import type { Rule } from './rule.ts';

/**
 * No two servers of a pool share address and port. One program under two names has twice its share, its checks and
 * its limits, and is drained by half.
 */
export const serverTwins: Rule = {
  id: 'server-twins',
  severity: 'error',
  check({ services }, report) {
    for (const { service, at } of services) {
      const { port, pool } = service.listeners[0];
      // A server without a port is reached on that of the service.
      const portOf = (server: ServerOptions): number => server.port ?? port;
      for (const [index, server] of pool.servers.entries()) {
        const twin = pool.servers
          .slice(0, index)
          .find((earlier) => portOf(earlier) === portOf(server) && isSameHost(earlier.host, server.host));
        // A wrong host is empty here, and its own problem, as is a name that occurs twice.
        if (twin === undefined || !server.host || twin.name === server.name) continue;
        const place = portOf(server) > 0 ? formatEndpoint(server.host, portOf(server)) : server.host;
        const path = `${at('servers')}[${index}]`;
        report(
          path,
          'an address and port that no other server of the pool has',
          `${place}, which server '${twin.name}' has`,
        );
      }
    }
  },
};
