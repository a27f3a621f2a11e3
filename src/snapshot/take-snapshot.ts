import type { PlainConfig } from '../config/plain-config.ts';
import type { SourceIp } from '../persistence/source-ip.ts';
import type { Clock } from '../runtime/runtime.ts';
import type { Service } from '../service/service.ts';
import { liveTables } from './live-tables.ts';
import { packEntries } from './pack-entries.ts';
import type { DrainOrder, ServerOrder } from './snapshot.ts';
import type { SnapshotPart } from './snapshot-parts.ts';

/** What a balancer has now. */
export interface SnapshotScope {
  readonly services: readonly Service[];
  /** Stick tables by name. */
  readonly tables: ReadonlyMap<string, SourceIp>;
  readonly clock: Clock;
  /** The drain of a server that is under way. */
  readonly drainOf: (service: string, server: string) => DrainOrder | undefined;
}

/**
 * Takes a snapshot piece by piece, in slices of two milliseconds: traffic goes on meanwhile, so entries are those of
 * different moments.
 *
 * @param generation of the file that it is for
 * @param config what a backup has as well
 */
export async function* takeSnapshot(
  scope: SnapshotScope,
  generation: number,
  config?: PlainConfig,
): AsyncGenerator<SnapshotPart, void, undefined> {
  const { services, tables, clock } = scope;
  yield { kind: 'head', atMs: clock.wallMs(), generation };
  if (config !== undefined) yield { kind: 'config', config };
  yield { kind: 'orders', orders: services.flatMap((service) => ordersOf(service, scope)) };
  for (const { table, servers: _, ...description } of liveTables(services, tables)) {
    yield { kind: 'table', table: description };
    for await (const block of packEntries(table, clock)) yield { kind: 'entries', block };
  }
}

function ordersOf(service: Service, { drainOf }: SnapshotScope): readonly ServerOrder[] {
  return service.servers.flatMap(({ name: server, adminState, weight }) => {
    const configured = service.configuredOrders(server) ?? { adminState, weight };
    if (adminState === configured.adminState && weight === configured.weight) return [];
    const drain = adminState === 'drain' ? drainOf(service.name, server) : undefined;
    const order = { service: service.name, server, adminState, weight, configured };
    return [drain === undefined ? order : { ...order, drain }];
  });
}
