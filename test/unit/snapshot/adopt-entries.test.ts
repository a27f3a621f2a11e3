import { describe, expect, it } from 'vitest';
import { SharedStickTable } from '../../../src/persistence/shared-stick-table.ts';
import { StickTable } from '../../../src/persistence/stick-table.ts';
import type { Clock } from '../../../src/runtime/runtime.ts';
import { VirtualClock } from '../../../src/runtime/virtual-clock.ts';
import { adoptEntries } from '../../../src/snapshot/adopt-entries.ts';
import type { EntryBlock } from '../../../src/snapshot/entry-block.ts';
import { packEntries } from '../../../src/snapshot/pack-entries.ts';
import { entriesOf, fillTable } from '../../support/entries.ts';

const everybody = (): boolean => true;

async function pack(table: StickTable, clock: Clock): Promise<readonly EntryBlock[]> {
  const blocks: EntryBlock[] = [];
  for await (const block of packEntries(table, clock)) blocks.push(block);
  return blocks;
}

describe('packed entries', () => {
  it('have the time left that they had, whatever the monotonic clocks say', async () => {
    const [before, after] = [new VirtualClock(), new VirtualClock()];
    const table = new StickTable({ ttlMs: 60_000 });
    await before.advance(1_000_000);
    fillTable(table, 10_000, ['a', 'b'], before.nowMs());
    await before.advance(7000);
    const blocks = await pack(table, before);
    expect(blocks.length).toBeGreaterThan(1);
    // The process was down for 3 s.
    await after.advance(1_010_000);
    const restored = new StickTable({ ttlMs: 60_000 });
    expect(await adoptEntries(restored, blocks, after, everybody)).toEqual({
      restored: 10_000,
      expired: 0,
      unknownServer: 0,
      outdated: 0,
    });
    expect(entriesOf(restored, after.nowMs())).toEqual(entriesOf(table, before.nowMs() + 3000));
  });

  it('are left out where their time is over, nobody has their server, or more is known', async () => {
    const clock = new VirtualClock();
    const table = new StickTable({ ttlMs: 10_000 });
    table.put(0, 0, 0xffff, 1, 'a', 0);
    await clock.advance(5000);
    for (const key of [2, 3, 4]) table.put(0, 0, 0xffff, key, key === 2 ? 'gone' : 'a', clock.nowMs());
    const blocks = await pack(table, clock);
    await clock.advance(6000);
    const next = new StickTable({ ttlMs: 10_000 });
    next.put(0, 0, 0xffff, 3, 'b', clock.nowMs());
    const isKnown = (server: string): boolean => server !== 'gone';
    expect(await adoptEntries(next, blocks, clock, isKnown)).toEqual({
      restored: 1,
      expired: 1,
      unknownServer: 1,
      outdated: 1,
    });
    expect(entriesOf(next, clock.nowMs())).toEqual(['0.0.0.3 b 10000', '0.0.0.4 a 4000']);
  });

  it('live no longer than new ones where the clock of the wall was set back', async () => {
    const table = new StickTable({ ttlMs: 10_000 });
    table.put(0, 0, 0xffff, 1, 'a', 0);
    const blocks = await pack(table, new VirtualClock(2_000_000_000_000));
    const next = new StickTable({ ttlMs: 10_000 });
    await adoptEntries(next, blocks, new VirtualClock(1_000_000_000_000), everybody);
    expect(entriesOf(next, 0)).toEqual(['0.0.0.1 a 10000']);
  });

  it('keep the order of their last use: the oldest goes first where there is no room', async () => {
    const clock = new VirtualClock();
    const table = new StickTable({ ttlMs: Infinity });
    // Slots are in another order than uses.
    for (let key = 0; key < 10_000; key++) table.put(0, 0, 0xffff, key, 'a', 0);
    for (let key = 0; key < 10_000; key++) {
      await clock.advance(1);
      table.put(0, 0, 0xffff, (key * 7919) % 10_000, 'a', clock.nowMs());
    }
    const blocks = await pack(table, clock);
    const small = SharedStickTable.make({ ttlMs: Infinity, maxEntries: 500, seed: 1 });
    await adoptEntries(small, blocks, clock, everybody);
    const newest = Array.from({ length: 500 }, (_, index) => ((9999 - index) * 7919) % 10_000);
    const found = newest.filter((key) => small.find(0, 0, 0xffff, key, clock.nowMs()) === 'a');
    expect([found.length, small.size]).toEqual([500, 500]);
    small.put(0, 0, 0xffff, 20_000, 'b', clock.nowMs());
    expect(small.find(0, 0, 0xffff, newest.at(-1)!, clock.nowMs())).toBeUndefined();
    expect(small.find(0, 0, 0xffff, newest.at(-2)!, clock.nowMs())).toBe('a');
  });

  it('are packed and taken in slices: others have their turn all the time', async () => {
    const clock = new VirtualClock();
    let rests = 0;
    // Each look at this clock takes a fifth of a millisecond.
    let lookedMs = 0;
    const busy: Clock = {
      nowMs: () => (lookedMs += 0.2),
      wallMs: () => clock.wallMs() + lookedMs,
      schedule: (_delayMs, callback) => {
        rests += 1;
        setImmediate(callback);
        return { cancel: () => undefined, [Symbol.dispose]: () => undefined };
      },
    };
    const table = new StickTable({ ttlMs: Infinity });
    fillTable(table, 200_000, ['a'], 0);
    const blocks = await pack(table, busy);
    const mostBlocksPerSlice = 10;
    expect(rests).toBeGreaterThan(200_000 / 4096 / mostBlocksPerSlice);
    rests = 0;
    await adoptEntries(new StickTable({ ttlMs: Infinity }), blocks, busy, everybody);
    expect(rests).toBeGreaterThan(200_000 / 512);
  });
});
