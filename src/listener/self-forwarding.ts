import type { OptionProblem } from '../base/errors.ts';
import { IpAddress } from '../model/address.ts';
import { formatEndpoint } from '../model/endpoint.ts';
import type { ServerOptions } from '../model/server.ts';

/** Where a service listens. */
interface Bound {
  readonly host: string;
  readonly port: number;
}

/**
 * Refuses servers that are the service itself: each connection would open another, without end.
 *
 * @param path of the list of servers
 */
export function refuseSelfForwarding(
  service: Bound,
  servers: readonly ServerOptions[],
  path: string,
  problems: OptionProblem[],
): void {
  for (const [index, server] of servers.entries()) {
    const serverPath = `${path}[${index}]`;
    // What is wrong is undefined here, and its own problem.
    if (!service.host || isWrong(problems, `${serverPath}.host`, `${serverPath}.port`)) continue;
    const port = server.port ?? service.port;
    // Port 0 is any free one.
    if (!(port > 0) || port !== service.port || !isSameHost(service.host, server.host)) continue;
    const actual = `${formatEndpoint(server.host, port)}, where the service itself listens`;
    problems.push({ path: serverPath, expected: 'another address or port than the service', actual });
  }
}

function isWrong(problems: readonly OptionProblem[], ...paths: readonly string[]): boolean {
  return problems.some((problem) => paths.includes(problem.path));
}

/** As far as it shows without asking the system: the same address, or loopback of a service on all addresses. */
function isSameHost(serviceHost: string, serverHost: string): boolean {
  const service = IpAddress.parse(serviceHost);
  const server = IpAddress.parse(serverHost === 'localhost' ? '127.0.0.1' : serverHost);
  if (service === undefined || server === undefined) return serviceHost === serverHost;
  return service.equals(server) || (service.isUnspecified && server.isLoopback);
}
