import { isSamePlain } from '../base/plain-data.ts';
import type { Service } from '../service/service.ts';
import { adoptEntries, type AdoptedEntries } from './adopt-entries.ts';
import { isSameTable, liveTables } from './live-tables.ts';
import { bytesPerEntry } from './entry-block.ts';
import type { ServerOrder, Snapshot, TableSnapshot } from './snapshot.ts';
import type { SnapshotScope } from './take-snapshot.ts';

/** What became of a snapshot that was restored. */
export interface RestoreReport {
  /** When it was taken, milliseconds since 1970. */
  readonly atMs: number;
  readonly entries: AdoptedEntries & {
    /** Nothing here has their table, or it has keys of another kind. */
    readonly unknownTable: number;
  };
  readonly orders: {
    readonly restored: number;
    /** Their service or server is not there. */
    readonly unknown: number;
    /** The configuration of their server changed since. */
    readonly outdated: number;
  };
}

const adoptions = ['restored', 'expired', 'unknownServer', 'outdated'] as const;

/** A report, and the drains that go on. */
export interface Restored extends RestoreReport {
  readonly drains: readonly ServerOrder[];
}

/**
 * Gives services what a snapshot knows of them. Entries go into every table that they belong to; where both know a client,
 * the later use wins. An order stands where the configuration of its server is what it was.
 */
export async function restoreSnapshot(snapshot: Snapshot, scope: SnapshotScope): Promise<Restored> {
  const orders = restoreOrders(snapshot.orders, scope.services);
  const live = liveTables(scope.services, scope.tables);
  const homeless = snapshot.tables.filter((table) => !live.some((other) => isSameTable(table, other)));
  const entries = {
    restored: 0,
    expired: 0,
    unknownServer: 0,
    outdated: 0,
    unknownTable: countEntries(homeless),
  };
  for (const { table, servers, ...description } of live) {
    const blocks = snapshot.tables
      .filter((other) => isSameTable(other, description))
      .flatMap((other) => other.blocks);
    const adopted = await adoptEntries(table, blocks, scope.clock, (server) => servers.has(server));
    for (const key of adoptions) entries[key] += adopted[key];
  }
  return { atMs: snapshot.atMs, entries, ...orders };
}

function restoreOrders(
  orders: readonly ServerOrder[],
  services: readonly Service[],
): Pick<Restored, 'orders' | 'drains'> {
  const counts = { restored: 0, unknown: 0, outdated: 0 };
  const drains: ServerOrder[] = [];
  for (const order of orders) {
    const service = services.find(({ name }) => name === order.service);
    const configured = service?.configuredOrders(order.server);
    if (service === undefined || configured === undefined) counts.unknown += 1;
    else if (!isSamePlain(configured, order.configured)) counts.outdated += 1;
    else {
      service.order(order.server, order);
      counts.restored += 1;
      if (order.drain !== undefined) drains.push(order);
    }
  }
  return { orders: counts, drains };
}

function countEntries(tables: readonly TableSnapshot[]): number {
  const blocks = tables.flatMap((table) => table.blocks);
  return blocks.reduce((sum, { bytes }) => sum + bytes.length / bytesPerEntry, 0);
}
