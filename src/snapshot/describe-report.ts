import type { RestoreReport } from './restore-snapshot.ts';

/** What was restored and what was left out, for people. */
export function describeReport({ atMs, entries, orders }: RestoreReport, wallMs: number): string {
  const ageS = Math.round((wallMs - atMs) / 1000);
  const restored = `of ${ageS} s ago: ${entries.restored} entries, ${orders.restored} orders`;
  const left = [
    [entries.expired, 'entries whose time was over'],
    [entries.unknownServer, 'entries of servers that are not there'],
    [entries.unknownTable, 'entries of tables that are not there'],
    [entries.outdated, 'entries that are known better'],
    [orders.unknown, 'orders of servers that are not there'],
    [orders.outdated, 'orders of servers whose configuration changed'],
  ] as const;
  const words = left.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return words.length === 0 ? restored : `${restored}; left out: ${words.join(', ')}`;
}
