import { httpCookie } from '../../src/persistence/http-cookie.ts';
import { AddressClient, type Client } from '../../src/model/client.ts';
import { IpAddress } from '../../src/model/address.ts';
import { StickTable } from '../../src/persistence/stick-table.ts';
import { stickTableBytesPerEntry } from '../../src/persistence/stick-table-options.ts';
import { measure } from './suite.ts';

/** The largest takes 480 MB and some seconds to fill. */
const sizes = [1_000, 1_000_000, 10_000_000];
const servers = ['INF_PACS1', 'INF_PACS2', 'INF_PACS3', 'INF_PACS4'] as const;

const serverOf = (key: number): string => servers[key & 3] ?? '';

/** Fills a table, and tells what that took on the average and at worst. */
function fill(entries: number, ttlMs = Infinity): StickTable {
  const table = new StickTable({ maxEntries: entries, ttlMs, seed: 12_345 });
  let worstMs = 0;
  const startMs = performance.now();
  for (let key = 0; key < entries; key += 100) {
    const batchMs = performance.now();
    for (let i = key; i < key + 100; i++) table.put(0, 0, 0xffff, i, serverOf(i), 0);
    worstMs = Math.max(worstMs, performance.now() - batchMs);
  }
  const tookMs = performance.now() - startMs;
  console.log(
    `\nfilled ${entries} entries: ${((tookMs * 1e6) / entries).toFixed(0)} ns/put, worst 100 puts ` +
      `${worstMs.toFixed(2)} ms, ${(table.bytes / entries).toFixed(1)} bytes/entry (${stickTableBytesPerEntry} stated)`,
  );
  return table;
}

function measureTable(entries: number): void {
  const table = fill(entries);
  let state = 1;
  /** Keys in an order that no cache foresees. */
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 4) % entries;
  };
  let nowMs = 1;
  let fresh = entries;
  measure(`stick table of ${entries} entries, random keys`, [
    { name: 'find, present', run: () => table.find(0, 0, 0xffff, next(), nowMs) },
    { name: 'find, absent', run: () => table.find(1, 0, 0xffff, next(), nowMs) },
    {
      name: 'put, present: refresh',
      run: () => {
        const key = next();
        table.put(0, 0, 0xffff, key, serverOf(key), nowMs++);
      },
    },
    {
      name: 'put, absent: the oldest goes',
      run: () => {
        table.put(0, 0, 0xffff, fresh++ >>> 0, 'INF_PACS1', nowMs++);
      },
    },
  ]);
}

/** What a sweep costs for each entry that it removes, in steps of 100, from a full table on. */
function measureSweep(table: StickTable): void {
  const { size } = table;
  let worstMs = 0;
  const startMs = performance.now();
  while (table.size > 0) {
    const stepMs = performance.now();
    table.sweep(Number.MAX_SAFE_INTEGER, 100);
    worstMs = Math.max(worstMs, performance.now() - stepMs);
  }
  const tookMs = performance.now() - startMs;
  console.log(
    `  swept ${size} entries: ${((tookMs * 1e6) / size).toFixed(0)} ns/entry, worst 100 ${worstMs.toFixed(2)} ms`,
  );
}

for (const entries of sizes) {
  measureTable(entries);
  measureSweep(fill(entries, 1));
}

const strategy = httpCookie().strategies[0];
strategy?.register?.(servers);
const now = { nowMs: 0, wallMs: Date.UTC(2023, 5, 5) };
const cookieless = new AddressClient(new IpAddress(), 1, new IpAddress(), 80);
const value = strategy?.setCookie?.(cookieless, 'INF_PACS2', now)?.slice('SERVERID='.length, 26 + 9);
const client: Client = Object.assign(new AddressClient(new IpAddress(), 1, new IpAddress(), 80), {
  cookie: (_name: string, nth = 0) => (nth === 0 ? value : undefined),
});
measure('HTTP cookie', [
  { name: 'lookup', run: () => strategy?.lookup(client, now) },
  { name: 'setCookie, not due', run: () => strategy?.setCookie?.(client, 'INF_PACS2', now) },
  { name: 'setCookie, due', run: () => strategy?.setCookie?.(cookieless, 'INF_PACS2', now) },
]);
