import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SharedStickTable } from '../../../src/persistence/shared-stick-table.ts';
import { StickTable } from '../../../src/persistence/stick-table.ts';
import type { TableUse } from '../../support/programs/table-user.ts';
import { gateFor } from '../../support/programs/gate.ts';
import { runInWorker } from '../../support/typescript-worker.ts';

const program = new URL('../../support/programs/table-user.ts', import.meta.url);

/** How a client's address is told to a table. */
const keyOf = (key: number) => [0, 0, 0xffff, key] as const;

const operation = fc.record({
  /** Which of the handles of the table. */
  by: fc.nat({ max: 2 }),
  kind: fc.constantFrom('put', 'put', 'find', 'delete', 'sweep', 'claim', 'adopt', 'clearServer', 'clear'),
  key: fc.nat({ max: 12 }),
  server: fc.constantFrom('a', 'b', 'c'),
  afterMs: fc.nat({ max: 60 }),
});

function snapshot(table: StickTable, nowMs: number): readonly string[] {
  const lines = [...table.entries(nowMs)].map(
    (entry) => `${String(entry.address)} ${entry.server} ${entry.expiresInMs}`,
  );
  return lines.sort();
}

describe('a shared stick table', () => {
  it('does what a table of one thread does, whoever uses it', () => {
    fc.assert(
      fc.property(
        fc.array(operation, { maxLength: 80 }),
        fc.integer({ min: 1, max: 8 }),
        (operations, maxEntries) => {
          const settings = { ttlMs: 100, maxEntries, seed: 7 };
          const model = new StickTable(settings);
          const maker = SharedStickTable.make(settings);
          // The last one has limits of its own, which are the same.
          const other = maker.withLimits(settings)!;
          const handles = [
            maker,
            SharedStickTable.join(maker.share(), 0),
            SharedStickTable.join(other.share(), 1),
          ];
          let nowMs = 0;
          for (const { by, kind, key, server, afterMs } of operations) {
            const table = handles[by]!;
            nowMs += afterMs;
            const at = keyOf(key);
            if (kind === 'put') {
              table.put(...at, server, nowMs);
              model.put(...at, server, nowMs);
            } else if (kind === 'find') {
              expect(table.find(...at, nowMs)).toBe(model.find(...at, nowMs));
            } else if (kind === 'delete') {
              expect(table.delete(...at, server)).toBe(model.delete(...at, server));
            } else if (kind === 'sweep') {
              expect(table.sweep(nowMs, 2)).toBe(model.sweep(nowMs, 2));
            } else if (kind === 'adopt') {
              const usedMs = nowMs - afterMs;
              expect(table.adopt(...at, server, usedMs, nowMs)).toBe(
                model.adopt(...at, server, usedMs, nowMs),
              );
            } else if (kind === 'clearServer') {
              expect(table.clearServer(server)).toBe(model.clearServer(server));
            } else if (kind === 'clear') {
              table.clear();
              model.clear();
            } else {
              const found = model.find(...at, nowMs);
              const isFree = found === undefined || found === server;
              expect(table.claim(...at, server, undefined, nowMs)).toBe(isFree);
              if (isFree) model.put(...at, server, nowMs);
            }
          }
          for (const table of handles) {
            expect(snapshot(table, nowMs)).toEqual(snapshot(model, nowMs));
            expect(table.size).toBe(model.size);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('stays whole while several threads use it', async () => {
    const settings = { ttlMs: Infinity, maxEntries: 3_000, seed: 1 };
    const table = SharedStickTable.make(settings);
    const gate = gateFor(3);
    const use = (row: number): TableUse => ({ share: table.share(), row, keys: 4_000, rounds: 60_000, gate });
    const wrong = await Promise.all(
      [0, 1, 2].map((row) => runInWorker<number>(program, 'useTable', use(row))),
    );
    expect(wrong).toEqual([0, 0, 0]);
    const entries = [...table.entries(0)];
    expect(entries).toHaveLength(table.size);
    expect(table.size).toBeLessThanOrEqual(3_000);
    expect(new Set(entries.map(({ address }) => String(address))).size).toBe(entries.length);
    for (const { address, server } of entries) {
      expect(table.find(address.w0, address.w1, address.w2, address.w3, 0)).toBe(server);
    }
    // Index, order and free slots are right as well: everything can go, and come again.
    table.clear();
    expect(table.size).toBe(0);
    for (let key = 0; key < 3_000; key++) table.put(...keyOf(key), 'again', 0);
    expect([...table.entries(0)]).toHaveLength(3_000);
  });

  it('gives each key to one of the threads that claim it', async () => {
    const table = SharedStickTable.make({ ttlMs: Infinity, maxEntries: 10_000, seed: 1 });
    const keys = 5_000;
    const gate = gateFor(3);
    const use = (row: number): TableUse => ({ share: table.share(), row, keys, rounds: 0, gate });
    const won = await Promise.all(
      [0, 1, 2].map((row) => runInWorker<number[]>(program, 'claimAll', use(row))),
    );
    expect(won.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: keys }, (_, key) => key));
    for (const [row, mine] of won.entries()) {
      for (const key of mine) expect(table.find(...keyOf(key), 0)).toBe(`thread-${row}`);
    }
  });

  it.each(['told', 'not told'])('survives a thread that dies inside a call, its maker %s', async (which) => {
    const table = SharedStickTable.make({ ttlMs: Infinity, maxEntries: 5_000, seed: 1 });
    for (let key = 10; key < 3_000; key++) table.put(...keyOf(key), 'a', key);
    const use: TableUse = { share: table.share(), row: 4, keys: 0, rounds: 0, gate: gateFor(1) };
    await expect(runInWorker(program, 'dieInside', use)).rejects.toThrow('without a result');
    if (which === 'told') table.onThreadLost(4);
    for (let key = 10; key < 3_000; key++) expect(table.find(...keyOf(key), 3_000)).toBe('a');
    // The order of use is what it was: the oldest make room.
    for (let key = 10_000; key < 13_000; key++) table.put(...keyOf(key), 'b', key);
    expect(table.size).toBe(5_000);
    expect(table.find(...keyOf(10), 13_000)).toBeUndefined();
    expect(table.find(...keyOf(2_999), 13_000)).toBe('a');
  });
});
