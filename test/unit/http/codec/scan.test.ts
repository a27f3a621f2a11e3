import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFieldByte } from '../../../../src/http/codec/byte-class.ts';
import { find, skip, skipField } from '../../../../src/http/codec/scan.ts';

const anyByte = Array.from({ length: 256 }, (_, value) => value);
/** Mostly bytes of field values, and those beside the borders of what is allowed. */
const bytes = fc
  .array(
    fc.oneof({ weight: 8, arbitrary: fc.constantFrom(0x20, 0x41, 0x7a, 0x7e) }, fc.constantFrom(...anyByte)),
    {
      maxLength: 40,
    },
  )
  .map((values) => Buffer.from(values));

/** Buffers, and two positions in each. */
const stretches = bytes.chain((buffer) =>
  fc.tuple(fc.constant(buffer), fc.nat(buffer.length), fc.nat(buffer.length)).map(([whole, one, other]) => ({
    buffer: whole,
    start: Math.min(one, other),
    end: Math.max(one, other),
  })),
);

describe('scanning', () => {
  it('skips bytes of field values as the table says, wherever they lie', () => {
    fc.assert(
      fc.property(stretches, ({ buffer, start, end }) => {
        const at = Array.from(buffer.subarray(start, end)).findIndex((value) => isFieldByte[value] !== 1);
        const expected = at < 0 ? end : start + at;
        expect(skipField(buffer, start, end)).toBe(expected);
        expect(skip(buffer, start, end, isFieldByte)).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([0, 1, 2, 3])(
    'knows every byte for what it is, at position %d of four, before and after any other',
    (position) => {
      const buffer = Buffer.alloc(8, 'a');
      for (const value of anyByte) {
        for (const neighbour of anyByte) {
          buffer.fill('a');
          buffer[position] = value;
          buffer[position + 1] = neighbour;
          const expected =
            isFieldByte[value] !== 1 ? position : isFieldByte[neighbour] !== 1 ? position + 1 : 8;
          if (skipField(buffer, 0, 8) !== expected) expect.fail(`${value} before ${neighbour}`);
        }
      }
    },
  );

  it('looks at the bytes that it is given, one buffer after the other, and parts of one memory', () => {
    const memory = Buffer.from('abcd\rabcd\nabcdefgh');
    expect(skipField(memory, 0, memory.length)).toBe(4);
    expect(skipField(memory.subarray(5), 0, 10)).toBe(4);
    expect(skipField(memory.subarray(10), 0, 8)).toBe(8);
    memory[2] = 0;
    expect(skipField(memory, 0, memory.length)).toBe(2);
  });

  it('finds a byte, and nothing beyond the end', () => {
    fc.assert(
      fc.property(stretches, fc.constantFrom(0x41, 0x0a), ({ buffer, start, end }, value) => {
        const at = buffer.subarray(start, end).indexOf(value);
        expect(find(buffer, start, end, value)).toBe(at < 0 ? end : start + at);
      }),
    );
  });
});
