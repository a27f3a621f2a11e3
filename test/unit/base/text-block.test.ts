import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainCharacters, TextBlock } from '../../../src/base/text-block.ts';
import { TextPiece } from '../../../src/base/text-piece.ts';

/** What a block holds after something was written. */
function written(write: (block: TextBlock) => void): string {
  const block = new TextBlock(200);
  write(block);
  return block.bytes.toString('utf8', 0, block.end);
}

describe('a text block', () => {
  it.each([0, 7, 42, 999, 1_000, 1_001, 12_345, 1_000_000, 2_147_483_647, 2_147_483_648, 2 ** 53, 1e21])(
    'writes %d in full',
    (value) => {
      expect(written((block) => block.number(value))).toBe(String(value));
    },
  );

  it.each([0.1, 0.12, 0.123, 0.1234, 1.5, 12.001, 999.999, 1_000.01, 2_147_483.647, 2_147_483.648, 1e-7])(
    'writes %d with its digits',
    (value) => {
      expect(written((block) => block.number(value))).toBe(String(value));
    },
  );

  it.each([-1, -0.5, NaN, Infinity, 1e300])('writes %d as a template does', (value) => {
    expect(written((block) => block.number(value))).toBe(String(value));
  });

  it('writes any number as a template does', () => {
    const thousandths = fc.integer().map((value) => value / 1_000);
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.double(), thousandths), (value) => {
        // A template has no sign of zero.
        expect(written((block) => block.number(value))).toBe(String(value));
      }),
    );
  });

  it('writes three digits', () => {
    for (let value = 0; value < 1_000; value++)
      expect(written((block) => block.threeDigits(value))).toBe(String(value).padStart(3, '0'));
  });

  it('writes pieces of any length, one behind the other', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 9 }), { maxLength: 5 }), (texts) => {
        const pieces = texts.map((text) => new TextPiece(text));
        const all = written((block) => pieces.forEach((piece) => block.piece(piece)));
        expect(all).toBe(texts.join(''));
      }),
    );
  });

  it('writes a plain text, or nothing of one that is not', () => {
    const characters = plainCharacters(/[^a-z]/u);
    const block = new TextBlock(20);
    expect(block.plain('abc', characters)).toBe(true);
    for (const text of ['ab"', 'é', '\u{20ac}', '\u{1f600}'])
      expect(block.plain(text, characters)).toBe(false);
    expect(block.plain('', characters)).toBe(true);
    block.text('é');
    block.byte(10);
    expect(block.bytes.toString('utf8', 0, block.end)).toBe('abcé\n');
  });

  it('has room for so much, and a start', () => {
    const block = new TextBlock(20, 1);
    block.text('12345');
    expect([block.end, block.room]).toEqual([6, 20 - 6 - 3]);
  });
});
