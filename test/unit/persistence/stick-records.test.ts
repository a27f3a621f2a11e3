import { describe, expect, it } from 'vitest';
import { bytesPerChunk, Records } from '../../../src/persistence/stick-records.ts';

const allocate = (bytes: number): ArrayBufferLike => new SharedArrayBuffer(bytes);

describe('Records', () => {
  it.each([1, 2, 4, 8])('keeps records of %i words apart, over the ends of chunks', (words) => {
    const records = new Records(words, allocate);
    const count = (2.5 * 65_536) / words;
    for (let record = 0; record < count; record++) {
      records.reserve(record);
      for (let word = 0; word < words; word++) records.set(record, word, record * words + word + 1);
    }
    let wrong = 0;
    for (let record = 0; record < count; record++) {
      for (let word = 0; word < words; word++) {
        if (records.get(record, word) !== record * words + word + 1) wrong++;
      }
    }
    expect(wrong).toBe(0);
    expect(records.bytes).toBe(3 * bytesPerChunk);
  });

  it('has zeros where nothing was written, and nothing before it reserves', () => {
    const records = new Records(8, allocate);
    expect([records.get(5, 2), records.getDouble(5, 6), records.bytes]).toEqual([0, 0, 0]);
    expect(records.startsWith(5, 0, 0, 0, 0)).toBe(false);
    records.reserve(0);
    expect([records.get(5, 2), records.getDouble(5, 6)]).toEqual([0, 0]);
  });

  it('holds a number of any size in two words, beside the others', () => {
    const records = new Records(8, allocate);
    records.reserve(0);
    for (let word = 0; word < 6; word++) records.set(8191, word, -1 - word);
    records.setDouble(8191, 6, 1_700_000_000_000.25);
    expect(records.getDouble(8191, 6)).toBe(1_700_000_000_000.25);
    expect(records.startsWith(8191, -1, -2, -3, -4)).toBe(true);
    expect([records.startsWith(8191, -1, -2, -3, 4), records.startsWith(8191, 1, -2, -3, -4)]).toEqual([
      false,
      false,
    ]);
    expect([records.get(8191, 4), records.get(8191, 5), records.get(8190, 7)]).toEqual([-5, -6, 0]);
  });
});
