import { describe, expect, it } from 'vitest';
import { hashBytes, hashWords } from '../../../src/base/half-sip-hash.ts';

/** The reference's vectors for HalfSipHash-2-4, 64 bits: key 00…07, input empty, 00, 00 01, … */
const referenceVectors = [
  '218d1f59b9b83cc8',
  'be552412f8387315',
  '064f39ef7c50eb57',
  'ce0f1a45f7060679',
  'd5e78a175be52ea1',
  'cb9d7c3f2f3db580',
  'ce3e91358aa2bc25',
  'ff202728b07bc684',
];

const littleEndianHex = (word: number): string => {
  const bytes = [word & 255, (word >>> 8) & 255, (word >>> 16) & 255, word >>> 24];
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
};

describe('hashBytes', () => {
  it.each(referenceVectors.map((vector, length) => [length, vector] as const))(
    'agrees with the reference for %i bytes',
    (length, vector) => {
      const input = Uint8Array.from({ length }, (_, index) => index);
      const { first, second } = hashBytes(input, 0x03020100, 0x07060504);
      expect(littleEndianHex(first) + littleEndianHex(second)).toBe(vector);
    },
  );

  it('takes a text as its UTF-8 bytes', () => {
    expect(hashBytes('\u00e9', 1, 2)).toEqual(hashBytes(Uint8Array.of(0xc3, 0xa9), 1, 2));
  });
});

describe('hashWords', () => {
  it('depends on every word, its place, and both keys', () => {
    const hashes = [
      hashWords(1, 0, 0, 0, 0, 0),
      hashWords(0, 1, 0, 0, 0, 0),
      hashWords(0, 0, 1, 0, 0, 0),
      hashWords(0, 0, 0, 1, 0, 0),
      hashWords(0, 0, 0, 1, 1, 0),
      hashWords(0, 0, 0, 1, 0, 1),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('takes signed and unsigned words alike', () => {
    expect(hashWords(0xffffffff, 0, 0, 0xfffffffe, 0xffffffff, 0)).toBe(hashWords(-1, 0, 0, -2, -1, 0));
  });

  it('fills hash buckets evenly with neighbouring addresses', () => {
    const buckets = new Array<number>(256).fill(0);
    for (let host = 0; host < 65_536; host++) {
      const bucket = hashWords(0, 0, 0xffff, 0x0a000000 + host, 0, 0) & 255;
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
    // 256 on the average, standard deviation 16.
    expect(Math.min(...buckets)).toBeGreaterThan(170);
    expect(Math.max(...buckets)).toBeLessThan(340);
  });
});
