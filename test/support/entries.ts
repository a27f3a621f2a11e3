import type { StickTable } from '../../src/persistence/stick-table.ts';

/** What a table remembers now: each client with its server and the milliseconds that are left, in order of the clients. */
export function entriesOf(table: StickTable, nowMs: number): readonly string[] {
  return [...table.entries(nowMs)]
    .map(({ address, server, expiresInMs }) => `${address.toString()} ${server} ${expiresInMs}`)
    .sort();
}

/** Remembers numbered clients, whose servers take turns. */
export function fillTable(table: StickTable, count: number, servers: readonly string[], nowMs: number): void {
  for (let key = 0; key < count; key++)
    table.put(0, 0, 0xffff, 0x0a000000 + key, servers[key % servers.length]!, nowMs);
}
