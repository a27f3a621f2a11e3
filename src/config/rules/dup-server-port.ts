import { groupBy } from '../../base/group-by.ts';
import { listed } from '../../base/wording.ts';
import type { ServerOptions } from '../../model/server.ts';
import { endpointKey } from '../placed-services.ts';
import type { ResolvedServiceConfig } from '../resolved-config.ts';
import type { Fault, SmellRule, PlacedService } from '../rule.ts';
import { dupAddress } from './dup-address.ts';
import { selfForwarding } from './self-forwarding.ts';

/** No server has a port that is another service's, and that a copy of that service has brought along. */
export const dupServerPort: SmellRule = {
  id: 'dup-server-port',
  severity: 'warning',
  why:
    'A server with a port of its own is reached on that port by every service that has it. A duplicate carries the port ' +
    'along: services on 105 and 204 then send their clients to 104, and nobody speaks to the programs behind 105 and 204. ' +
    'Without a port, a server is reached on the port of the service.',
  check({ services }, report) {
    const owners = ownersOfPorts(services);
    for (const place of services) {
      const { service, at } = place;
      const { port, pool } = service.listeners[0];
      const carried = pool.servers.flatMap(({ name, host, port: own }, index) => {
        if (own === undefined || own === port || port === 0) return [];
        const owner = owners.get(endpointKey(host, own));
        return owner === undefined ? [] : [{ owner, name, path: at(`servers[${index}].port`) }];
      });
      for (const [owner, ports] of groupBy(carried, (one) => one.owner)) {
        const names = ports.map(({ name }) => name);
        report({
          path: ports[0]?.path ?? at('servers'),
          services: [service.name, owner.name],
          servers: names,
          message:
            `${service.name} listens on port ${port} and sends its clients to port ${owner.listeners[0].port} of ` +
            `${listed(names)}, which is the port of ${owner.name}. Remove the port of the servers, unless both services ` +
            'are meant to reach one program.',
          mend: isFineWithout(place, names) ? ports.map(({ path }) => ({ path, remove: true })) : [],
        });
      }
    }
  },
};

/**
 * Services by their servers that state the port of the service. A copy brings that along; a port that the original does
 * not state was written on purpose.
 */
function ownersOfPorts(services: readonly PlacedService[]): ReadonlyMap<string, ResolvedServiceConfig> {
  const owners = new Map<string, ResolvedServiceConfig>();
  for (const { service } of services) {
    const { port, pool } = service.listeners[0];
    for (const server of pool.servers) {
      const key = endpointKey(server.host, port);
      if (server.port === port && !owners.has(key)) owners.set(key, service);
    }
  }
  return owners;
}

/** Would the service still be accepted if these servers had no port? */
function isFineWithout({ service, at }: PlacedService, names: readonly string[]): boolean {
  const concerned = new Set(names);
  const withoutPort = ({ port: _, ...server }: ServerOptions): ServerOptions => server;
  const [listener] = service.listeners;
  const servers = listener.pool.servers.map((server) =>
    concerned.has(server.name) ? withoutPort(server) : server,
  );
  const mended = { ...service, listeners: [{ ...listener, pool: { ...listener.pool, servers } }] } as const;
  const faults: Fault[] = [];
  for (const rule of [selfForwarding, dupAddress]) {
    rule.check({ engine: 'auto', workers: 0, services: [{ service: mended, at }] }, (fault) =>
      faults.push(fault),
    );
  }
  return faults.length === 0;
}
