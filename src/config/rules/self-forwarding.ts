import { IpAddress } from '../../model/address.ts';
import { formatEndpoint } from '../../model/endpoint.ts';
import type { Rule } from './rule.ts';

/** No server is the service itself: each connection would open another, without end. */
export const selfForwarding: Rule = {
  id: 'self-forwarding',
  severity: 'error',
  check({ services }, report) {
    for (const { service, at } of services) {
      const { host, port, pool } = service.listeners[0];
      for (const [index, server] of pool.servers.entries()) {
        const serverPort = server.port ?? port;
        // Port 0 is any free one.
        if (!(serverPort > 0) || serverPort !== port || !isSameHost(host, server.host)) continue;
        const actual = `${formatEndpoint(server.host, port)}, where the service itself listens`;
        report(`${at('servers')}[${index}]`, 'a different address or port than the service itself', actual);
      }
    }
  },
};

/** As far as it shows without asking the system: the same address, or loopback of a service on all addresses. */
function isSameHost(serviceHost: string, serverHost: string): boolean {
  const service = IpAddress.parse(serviceHost);
  const server = IpAddress.parse(serverHost === 'localhost' ? '127.0.0.1' : serverHost);
  if (service === undefined || server === undefined) return false;
  return service.equals(server) || (service.isUnspecified && server.isLoopback);
}
