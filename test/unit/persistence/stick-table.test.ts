import { describe, expect, it } from 'vitest';
import { IpAddress } from '../../../src/model/address.ts';
import { bytesPerChunk } from '../../../src/persistence/stick-records.ts';
import { StickTable } from '../../../src/persistence/stick-table.ts';
import { stickTableBytesPerEntry, stickTableDefaults } from '../../../src/persistence/stick-table-options.ts';

const put = (table: StickTable, key: number, server: string, nowMs: number): void =>
  table.put(0, 0, 0xffff, key, server, nowMs);
const find = (table: StickTable, key: number, nowMs: number): string | undefined =>
  table.find(0, 0, 0xffff, key, nowMs);

describe('StickTable', () => {
  it('has the defaults of the appliances', () => {
    expect(new StickTable().options).toEqual(stickTableDefaults);
    expect(stickTableDefaults).toMatchObject({ ttlMs: 30 * 60_000, maxEntries: 10_240_000 });
  });

  it('remembers a server until exactly ttlMs after the last use', () => {
    const table = new StickTable({ ttlMs: 1000 });
    put(table, 1, 'a', 0.25);
    put(table, 1, 'a', 500.5);
    expect(find(table, 1, 1500.25)).toBe('a');
    expect(find(table, 1, 1500.5)).toBeUndefined();
  });

  it('does not prolong an entry that is only looked up', () => {
    const table = new StickTable({ ttlMs: 1000 });
    put(table, 1, 'a', 0);
    expect(find(table, 1, 999)).toBe('a');
    expect(find(table, 1, 1000)).toBeUndefined();
  });

  it('never expires anything with an infinite ttlMs', () => {
    const table = new StickTable({ ttlMs: Infinity });
    put(table, 1, 'a', 0);
    expect(find(table, 1, Number.MAX_SAFE_INTEGER)).toBe('a');
    expect(table.sweep(Number.MAX_SAFE_INTEGER, 10)).toBe(0);
  });

  it('lets the entry go that was not used for longest when it is full', () => {
    const table = new StickTable({ maxEntries: 3 });
    for (const key of [1, 2, 3]) put(table, key, 'a', key);
    put(table, 1, 'b', 4);
    put(table, 4, 'c', 5);
    expect([1, 2, 3, 4].map((key) => find(table, key, 6))).toEqual(['b', undefined, 'a', 'c']);
    expect(table.size).toBe(3);
  });

  it('takes the place of an expired entry rather than more memory', () => {
    const table = new StickTable({ ttlMs: 10 });
    for (let key = 0; key < 100_000; key++) put(table, key, 'a', key);
    expect(table.size).toBe(10);
    // One chunk of each kind of record; 100,000 entries would take five of their own.
    expect(table.bytes).toBe(4 * bytesPerChunk);
  });

  it('deletes an entry only if it names that server', () => {
    const table = new StickTable();
    put(table, 1, 'a', 0);
    expect(table.delete(0, 0, 0xffff, 1, 'b')).toBe(false);
    expect(table.delete(0, 0, 0xffff, 2, 'a')).toBe(false);
    expect(find(table, 1, 1)).toBe('a');
    expect(table.delete(0, 0, 0xffff, 1, 'a')).toBe(true);
    expect(find(table, 1, 1)).toBeUndefined();
    expect(table.delete(0, 0, 0xffff, 1, 'a')).toBe(false);
  });

  it('sweeps no more than it is told to, oldest first', () => {
    const table = new StickTable({ ttlMs: 100 });
    for (let key = 0; key < 10; key++) put(table, key, 'a', key);
    expect(table.sweep(106, 3)).toBe(3);
    expect(table.size).toBe(7);
    expect(table.sweep(106, 100)).toBe(4);
    expect([6, 7].map((key) => find(table, key, 106))).toEqual([undefined, 'a']);
    expect(table.size).toBe(3);
  });

  it('forgets all clients of one server', () => {
    const table = new StickTable();
    for (let key = 0; key < 1000; key++) put(table, key, key % 3 === 0 ? 'a' : 'b', 0);
    expect(table.clearServer('a')).toBe(334);
    expect(table.clearServer('unknown')).toBe(0);
    expect(table.size).toBe(666);
    expect([...table.entries(1)].every((entry) => entry.server === 'b')).toBe(true);
  });

  it('takes over entries of another time into the order of use', () => {
    const table = new StickTable({ maxEntries: 4 });
    const adopt = (key: number, usedMs: number): boolean => table.adopt(0, 0, 0xffff, key, 'b', usedMs, 1000);
    put(table, 1, 'a', 500);
    put(table, 2, 'a', 900);
    expect([adopt(3, 700), adopt(4, 400), adopt(1, 499), adopt(1, 500), adopt(2, 950)]).toEqual([
      true,
      true,
      false,
      false,
      true,
    ]);
    expect([1, 2, 3, 4].map((key) => find(table, key, 1000))).toEqual(['a', 'b', 'b', 'b']);
    // The table is full: what is older than all of it stays outside, and the oldest goes for what is newer.
    expect([adopt(5, 399), adopt(6, 600)]).toEqual([false, true]);
    put(table, 7, 'c', 1001);
    expect([1, 2, 3, 4, 5, 6, 7].map((key) => find(table, key, 1001))).toEqual([
      undefined,
      'b',
      'b',
      undefined,
      undefined,
      'b',
      'c',
    ]);
  });

  it('has the same entries under other limits, and shrinks to a lower one as it is used', () => {
    const table = new StickTable({ ttlMs: 1000, maxEntries: 100 });
    for (let key = 0; key < 100; key++) put(table, key, 'a', key);
    const short = table.withLimits({ ttlMs: 500, maxEntries: 60 })!;
    expect(short.hasEntriesOf(table)).toBe(true);
    expect([find(table, 9, 509), find(short, 9, 509), find(short, 10, 509)]).toEqual(['a', undefined, 'a']);
    for (let key = 100; key < 150; key++) put(short, key, 'b', key);
    expect([short.size, table.size]).toEqual([60, 60]);
    expect([find(table, 149, 200), find(table, 99, 200), find(table, 0, 200)]).toEqual(['b', 'a', undefined]);
    expect(table.withLimits({ ttlMs: 1, maxEntries: 127 })).toBeDefined();
    expect(table.withLimits({ ttlMs: 1, maxEntries: 128 })).toBeUndefined();
  });

  it('is visited in steps, and forgets what the visitor says', () => {
    const table = new StickTable({ ttlMs: 10 });
    for (let key = 0; key < 1000; key++) put(table, key, key % 2 === 0 ? 'a' : 'b', 0);
    const seen = new Set<number>();
    let steps = 0;
    for (let from = 1; from > 0; steps++) {
      from = table.visit(from, (_w0, _w1, w2, w3, server, lastUsedMs) => {
        expect([w2, lastUsedMs]).toEqual([0xffff, 0]);
        seen.add(w3);
        return server === 'a';
      });
    }
    expect([steps, seen.size, table.size]).toEqual([4, 1000, 500]);
    expect([find(table, 2, 1), find(table, 3, 1)]).toEqual([undefined, 'b']);
  });

  it('gives its memory back when cleared', () => {
    const table = new StickTable();
    put(table, 1, 'a', 0);
    table.clear();
    expect([table.size, table.bytes, find(table, 1, 0)]).toEqual([0, 0, undefined]);
    put(table, 1, 'b', 0);
    expect(find(table, 1, 0)).toBe('b');
  });

  it('lists entries with their addresses and the time they have left, and bears changes meanwhile', () => {
    const table = new StickTable({ ttlMs: 100 });
    put(table, 0xc0a85510, 'a', 0);
    table.put(0x20010db8, 0, 0, 0xffffffff, 'b', 40);
    put(table, 7, 'expired', -100);
    const seen: string[] = [];
    for (const { address, server, expiresInMs } of table.entries(50)) {
      seen.push(`${address.toString()} ${server} ${expiresInMs}`);
      table.clearServer(server);
    }
    expect(seen).toEqual(['192.168.85.16 a 50', '2001:db8::ffff:ffff b 90']);
    expect([...table.entries(50)]).toEqual([]);
  });

  it.each([0, 1, 2, 3])('tells apart thousands of keys that differ in word %i alone', (word) => {
    const table = new StickTable();
    const key = (value: number): IpAddress => {
      const words = [5, 5, 5, 5];
      words[word] = value;
      return new IpAddress().set(words[0]!, words[1]!, words[2]!, words[3]!);
    };
    const found: (string | undefined)[] = [];
    for (let i = 0; i < 5000; i++) {
      const { w0, w1, w2, w3 } = key(2 * i);
      table.put(w0, w1, w2, w3, 'a', 0);
    }
    for (let i = 0; i < 10_000; i++) {
      const { w0, w1, w2, w3 } = key(i);
      found.push(table.find(w0, w1, w2, w3, 0));
    }
    expect(found.every((server, i) => server === (i % 2 === 0 ? 'a' : undefined))).toBe(true);
  });

  it('takes signed and unsigned words for the same key', () => {
    const table = new StickTable();
    table.put(0xfe800000, 0, 0, 0xffffffff, 'a', 0);
    expect(table.find(0xfe800000 | 0, 0, 0, -1, 0)).toBe('a');
  });

  it('costs the stated memory per entry and takes it from the allocator it is given', () => {
    let allocated = 0;
    const table = new StickTable({
      allocate: (bytes) => {
        allocated += bytes;
        return new SharedArrayBuffer(bytes);
      },
    });
    expect(table.bytes).toBe(0);
    const entries = 100_000;
    for (let key = 0; key < entries; key++) put(table, key, 'a', 0);
    expect(stickTableBytesPerEntry).toBe(48);
    expect(table.bytes).toBeGreaterThanOrEqual(entries * stickTableBytesPerEntry);
    // The last chunk of each kind may be less than full.
    expect(table.bytes).toBeLessThan(
      (entries * stickTableBytesPerEntry * bytesPerChunk) / 262_144 + 4 * bytesPerChunk,
    );
    expect(allocated - table.bytes).toBeLessThan(100);
  });

  it('grows in small steps only: no allocation is larger than a chunk', () => {
    let largest = 0;
    const table = new StickTable({
      allocate: (bytes) => {
        largest = Math.max(largest, bytes);
        return new ArrayBuffer(bytes);
      },
    });
    for (let key = 0; key < 200_000; key++) put(table, key, 'a', 0);
    expect(largest).toBe(bytesPerChunk);
  });

  it('reports all wrong options at once', () => {
    const wrong = { ttlMs: 0, maxEntries: 2.5, seed: -1, allocate: 5, size: 3 } as object;
    expect(() => new StickTable(wrong)).toThrow(/allocate.*\n.*ttlMs.*\n.*maxEntries.*\n.*seed.*\n.*'size'/);
  });
});
