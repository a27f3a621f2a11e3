import { formatEndpoint } from '../../model/endpoint.ts';
import { endpointKey, reachedPort } from '../placed-services.ts';
import type { SmellRule } from '../rule.ts';

/** The fallback is none of the servers that were found unusable. */
export const allDownOpen: SmellRule = {
  id: 'all-down-open',
  severity: 'warning',
  why:
    'The fallback answers while no server can be used: checks found it down, or somebody halted it. A fallback that is one ' +
    'of the servers sends the requests there all the same, uploads among them, into an archive that is sick or that is ' +
    'being patched. A plain 503 tells the client to keep what it has.',
  check({ services }, report) {
    for (const { service, at } of services) {
      const [listener] = service.listeners;
      const fallback = listener.mode.name === 'http' ? listener.mode.options.fallback?.server : undefined;
      if (fallback === undefined) continue;
      const key = endpointKey(fallback.host, fallback.port);
      const same = listener.pool.servers.find(
        (server) => endpointKey(server.host, reachedPort(server, listener)) === key,
      );
      if (same === undefined) continue;
      report({
        path: at('fallback.server'),
        services: [service.name],
        servers: [same.name],
        message:
          `The fallback of ${service.name} is its server ${same.name} (${formatEndpoint(fallback.host, fallback.port)}), which ` +
          'then gets requests though it is down or halted. Remove the fallback, or let a page answer.',
        mend: [{ path: at('fallback'), remove: true }],
      });
    }
  },
};
