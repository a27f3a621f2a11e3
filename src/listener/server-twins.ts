import type { OptionProblem } from '../base/errors.ts';
import { formatEndpoint } from '../model/endpoint.ts';
import { isSameHost } from '../model/host.ts';
import type { ServerOptions } from '../model/server.ts';

/**
 * Refuses an address and port that two servers have. One program under two names has twice its share, its checks and
 * its limits, and is drained by half.
 *
 * @param port of the service, where servers without one are reached
 * @param path of the list of servers
 */
export function refuseTwins(
  servers: readonly ServerOptions[],
  port: number,
  path: string,
  problems: OptionProblem[],
): void {
  const portOf = (server: ServerOptions): number => server.port ?? port;
  for (const [index, server] of servers.entries()) {
    // A wrong host is empty here, and its own problem; so is a name that occurs twice.
    const twin = servers
      .slice(0, index)
      .find((earlier) => portOf(earlier) === portOf(server) && isSameHost(earlier.host, server.host));
    if (twin === undefined || !server.host || twin.name === server.name) continue;
    const place = portOf(server) > 0 ? formatEndpoint(server.host, portOf(server)) : server.host;
    problems.push({
      path: `${path}[${index}]`,
      expected: 'an address and port that no other server of the pool has',
      actual: `${place}, where '${twin.name}' is`,
    });
  }
}
