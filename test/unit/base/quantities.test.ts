import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, formatSize, parseDuration, parseSize } from '../../../src/base/quantities.ts';

describe('durations', () => {
  it.each([
    ['0ms', 0],
    ['500ms', 500],
    ['30m', 1_800_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['1s500ms', 1500],
    ['90m', 5_400_000],
  ])('%s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '30', 'm', '30 m', '1.5h', '-1s', '30m1h', '1h1h', '1H', '1week', 'Infinity'])(
    'not %j',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  it('are read as they are written', () => {
    fc.assert(fc.property(fc.maxSafeNat(), (ms) => parseDuration(formatDuration(ms)) === ms));
    expect(formatDuration(0)).toBe('0ms');
    expect(formatDuration(5_400_000)).toBe('1h30m');
  });

  it.each([
    [90_061_001, '1d1h'],
    [86_700_000, '1d5m'],
    [12_345.6, '12s345ms'],
    [999, '999ms'],
    [0, '0ms'],
    [Infinity, 'ever'],
    ['Infinity' as unknown as number, 'ever'],
  ])('may be told by their two largest units: %d ms', (ms, text) => {
    expect(formatDuration(ms, 2)).toBe(text);
  });
});

describe('sizes', () => {
  it.each([
    ['64KiB', 65_536],
    ['1MiB', 1_048_576],
    ['2GiB', 2 ** 31],
    ['512B', 512],
    ['1KiB1B', 1025],
  ])('%s', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(['64K', '64KB', '64kib', '1.5MiB', '64'])('not %j', (text) => {
    expect(parseSize(text)).toBeUndefined();
  });

  it('are read as they are written', () => {
    fc.assert(fc.property(fc.maxSafeNat(), (bytes) => parseSize(formatSize(bytes)) === bytes));
  });
});
