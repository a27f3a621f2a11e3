import { IpAddress } from '../../model/address.ts';
import { formatEndpoint } from '../../model/endpoint.ts';
import { isServedBy } from '../../model/host.ts';
import type { ServerOptions } from '../../model/server.ts';
import { linksIn } from '../links.ts';
import { reachedPort } from '../placed-services.ts';
import type { SmellRule } from '../rule.ts';

/** Where appliances of this family have their fallback page. */
const fallbackPagePort = 9081;

/** A sorry page is a fallback, and not a server of the pool. */
export const fallbackStick: SmellRule = {
  id: 'fallback-stick',
  severity: 'warning',
  why:
    'Persistence remembers whichever server of the pool a client was sent to, a backup as well. Clients that met a sorry ' +
    'page there come back to it after the servers have. The `fallback` of a service is never remembered.',
  check({ services }, report) {
    for (const { service, at } of services) {
      const [listener] = service.listeners;
      const { mode, host, pool, persistence } = listener;
      if (mode.name !== 'http' || linksIn(persistence, at('persistence')).length === 0) continue;
      const isHere = (server: ServerOptions): boolean =>
        isLoopback(server.host) || isServedBy(host, server.host);
      const others = pool.servers.filter(({ backup }) => backup !== true);
      const areElsewhere = others.length > 0 && !others.some(isHere);
      for (const [index, server] of pool.servers.entries()) {
        const port = reachedPort(server, listener);
        const isPage = port === fallbackPagePort || (isHere(server) && areElsewhere);
        if (server.backup !== true || !isPage) continue;
        const path = at(`servers[${index}]`);
        const fallback = { server: { host: server.host, port } };
        report({
          path,
          services: [service.name],
          servers: [server.name],
          message:
            `${server.name} (${formatEndpoint(server.host, port)}) is a backup of ${service.name} and looks like a sorry page, ` +
            'to which persistence brings clients back after the servers are well again. Make it the `fallback`.',
          mend:
            mode.options.fallback === undefined && port > 0
              ? [
                  { path, remove: true },
                  { path: at('fallback'), value: fallback },
                ]
              : [],
        });
      }
    }
  },
};

function isLoopback(host: string): boolean {
  return host === 'localhost' || IpAddress.parse(host)?.isLoopback === true;
}
