import { formatEndpoint } from '../../model/endpoint.ts';
import type { ServerOptions } from '../../model/server.ts';
import { endpointKey, reachedPort } from '../placed-services.ts';
import type { StrictRule } from '../rule.ts';

/** No two servers of a pool share address and port. */
export const dupAddress: StrictRule = {
  id: 'dup-address',
  severity: 'error',
  why:
    'One program under two names has twice its share of clients, twice the checks and twice its limits. To drain it by ' +
    'one of the names leaves it in use under the other.',
  check({ services }, report) {
    for (const { service, at } of services) {
      const [listener] = service.listeners;
      const firsts = new Map<string, ServerOptions>();
      for (const [index, server] of listener.pool.servers.entries()) {
        const port = reachedPort(server, listener);
        const key = endpointKey(server.host, port);
        const twin = firsts.get(key);
        if (twin === undefined) firsts.set(key, server);
        // A wrong host is empty here, and its own problem, as is a name that occurs twice.
        if (twin === undefined || !server.host || twin.name === server.name) continue;
        const place = port > 0 ? formatEndpoint(server.host, port) : server.host;
        report({
          path: `${at('servers')}[${index}]`,
          services: [service.name],
          servers: [twin.name, server.name],
          expected: 'an address and port that no other server of the pool has',
          actual: `${place}, where '${twin.name}' is`,
        });
      }
    }
  },
};
