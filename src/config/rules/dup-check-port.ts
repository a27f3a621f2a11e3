import { groupBy } from '../../base/group-by.ts';
import { isSamePlain } from '../../base/plain-data.ts';
import { listed } from '../../base/wording.ts';
import type { ResolvedProbeSpec } from '../../health/probes/probe-specs.ts';
import { endpointKey, listenersOf, probeOf, reachedPort, type PlacedListener } from '../placed-services.ts';
import type { SmellRule } from '../rule.ts';

/** No check asks the port of another service, which a copy of that service has brought along. */
export const dupCheckPort: SmellRule = {
  id: 'dup-check-port',
  severity: 'warning',
  why:
    'A check with a port of its own asks that port, whatever port the clients use. A duplicate carries it along: 105 is ' +
    'then called healthy because 104 is, and clients are sent to a program that is dead. Without a port, a check asks the ' +
    'port that clients use.',
  check({ services }, report) {
    const all = listenersOf(services);
    const checks = all.flatMap(checkOfPort);
    const users = usersOf(new Set(checks.map(({ port }) => port)), all);
    for (const { one, probe, port } of checks) {
      const { name, title, listener, at } = one;
      const usersAt = (host: string): readonly PlacedListener[] =>
        users.get(endpointKey(host, port))?.map((use) => use.one) ?? [];
      const elsewhere = listener.pool.servers.filter((server) => reachedPort(server, listener) !== port);
      const owner = elsewhere
        .flatMap(({ host }) => usersAt(host))
        .find((other) => isOriginal(other, one, probe));
      if (owner === undefined) continue;
      const servers = elsewhere
        .filter(({ host }) => usersAt(host).includes(owner))
        .map((server) => server.name);
      const path = `${at('healthCheck')}.probe.port`;
      report({
        path,
        services: [name, owner.name],
        servers,
        message:
          `${title} checks port ${port} of ${listed(servers)}, where clients of ${owner.name} go and its own do not: it ` +
          `calls a server healthy because ${owner.name} is. Remove the port of the check.`,
        mend: [{ path, remove: true }],
      });
    }
  },
};

/** A check of a port that is stated. */
interface CheckOfPort {
  readonly one: PlacedListener;
  readonly probe: ResolvedProbeSpec;
  readonly port: number;
}

function checkOfPort(one: PlacedListener): readonly CheckOfPort[] {
  const probe = probeOf(one.listener);
  if (probe === undefined || probe.kind === 'external' || probe.port === undefined) return [];
  return [{ one, probe, port: probe.port }];
}

/** Who reaches a server on one of these ports, by the server's address and port. */
function usersOf(ports: ReadonlySet<number>, all: readonly PlacedListener[]) {
  const uses = all.flatMap((one) =>
    one.listener.pool.servers.map((server) => ({ one, server, port: reachedPort(server, one.listener) })),
  );
  return groupBy(
    uses.filter(({ port }) => ports.has(port)),
    ({ server, port }) => endpointKey(server.host, port),
  );
}

/**
 * Was the port brought along from the other one? To connect proves nothing but that port. A request may ask a page that
 * speaks for all of the server, and was brought along only where the other check is the very same.
 */
function isOriginal(other: PlacedListener, one: PlacedListener, probe: ResolvedProbeSpec): boolean {
  return other.name !== one.name && (probe.kind === 'connect' || isSamePlain(probe, probeOf(other.listener)));
}
