import { describe, expect, it } from 'vitest';
import { durationBoundsMs, durationCells, Durations } from '../../../src/path/durations.ts';

describe('durations', () => {
  it('are in the first bucket whose bound they do not exceed, and in the sum', () => {
    const durations = new Durations();
    for (const ms of [0, 1, 1.1, 2.5, 300_000, 1_800_000, 1_800_001, 1e9]) durations.add('session', ms);
    const { counts, totalMs } = durations.describe().session;
    const found = Object.fromEntries(
      counts.flatMap((count, bucket) => (count > 0 ? [[durationBoundsMs[bucket] ?? Infinity, count]] : [])),
    );
    expect(found).toEqual({ 1: 2, 2.5: 2, 300_000: 1, 1_800_000: 1, Infinity: 2 });
    expect(totalMs).toBeCloseTo(1_003_900_005.6);
  });

  it('of one kind leave the others alone', () => {
    const durations = new Durations();
    const kinds = ['session', 'exchange', 'connect', 'queue'] as const;
    for (const [index, kind] of kinds.entries()) {
      for (const ms of [0, Infinity].slice(0, 1 + (index % 2))) durations.add(kind, ms);
    }
    const described = durations.describe();
    const nothing = durationBoundsMs.map(() => 0);
    expect(kinds.map((kind) => described[kind].counts)).toEqual([
      [1, ...nothing],
      [1, ...nothing.slice(1), 1],
      [1, ...nothing],
      [1, ...nothing.slice(1), 1],
    ]);
    expect(kinds.map((kind) => described[kind].totalMs)).toEqual([0, Infinity, 0, Infinity]);
  });

  it('fill exactly the cells that they say, whoever has these', () => {
    const memory = new Float64Array(durationCells + 2);
    const durations = new Durations(memory.subarray(1, -1));
    for (const kind of ['session', 'queue'] as const) durations.add(kind, 1e9);
    expect([memory[0], memory[durationCells + 1], memory[durationCells]]).toEqual([0, 0, 1e9]);
  });

  it('that were described do not change afterwards', () => {
    const durations = new Durations();
    const before = durations.describe();
    durations.add('connect', 3);
    expect(before.connect.counts.some((count) => count > 0)).toBe(false);
  });
});
