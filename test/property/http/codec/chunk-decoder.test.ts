import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkDecoder } from '../../../../src/http/codec/chunk-decoder.ts';
import { bytesOf, readChunks } from '../../../unit/http/codec/exchange-text.ts';
import { readStrictly } from '../../../unit/http/codec/reference-parser.ts';
import { latin1, mutated } from './arbitrary-requests.ts';

const extension = fc.constantFrom('', '', ';a', ';a=b', ';a="b;\\"c"', '; a=b');
const chunk = fc.tuple(latin1(/[^]/, 1, 30), extension, fc.boolean()).map(([data, text, isUpper]) => {
  const size = data.length.toString(16).padStart(text.length * 3, '0');
  return `${isUpper ? size.toUpperCase() : size}${text}\r\n${data}\r\n`;
});
const trailers = fc.constantFrom('', '', 'X: y\r\n', 'Host: evil\r\nA:\r\n');
const body = fc
  .tuple(fc.array(chunk, { maxLength: 5 }), trailers, fc.constantFrom('', 'GET / HTTP/1.1\r\n'))
  .map(([chunks, trailer, following]) => `${chunks.join('')}0\r\n${trailer}\r\n${following}`);

/** Decodes bytes that arrive in steps: the data, how it ended, and where. */
function decodeInSteps(text: string, steps: readonly number[]): unknown[] {
  const bytes = bytesOf(text);
  const decoder = new ChunkDecoder();
  let data = '';
  let position = 0;
  let arrived = 0;
  for (const step of [...steps, bytes.length]) {
    arrived = Math.min(arrived + step, bytes.length);
    let event = decoder.next(bytes, position, arrived);
    while (event === 'data') {
      data += bytes.toString('latin1', decoder.dataStart, decoder.dataEnd);
      event = decoder.next(bytes, decoder.position, arrived);
    }
    position = decoder.position;
    if (event !== 'incomplete')
      return [data, event, position, event === 'problem' ? decoder.problem.reason : ''];
  }
  return [data, 'incomplete', position, ''];
}

describe('ChunkDecoder', () => {
  it('answers the same however the bytes are split', () => {
    const steps = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 60 });
    fc.assert(
      fc.property(fc.oneof(body, mutated(body)), steps, (text, each) => {
        const whole = decodeInSteps(text, []);
        expect(decodeInSteps(text, each)).toEqual(whole);
        expect(decodeInSteps(text, new Array<number>(text.length).fill(1))).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });

  it('agrees with the reference on every body that it takes', () => {
    let taken = 0;
    fc.assert(
      fc.property(fc.oneof(body, mutated(body)), (text) => {
        const [data, event, end] = decodeInSteps(text, []) as [string, string, number];
        if (event !== 'end') return;
        taken++;
        const head = 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n';
        const sent = readStrictly(head + text.slice(0, end));
        expect(sent.requests.map((request) => request.body)).toEqual([data]);
        expect(sent.rest).toBe('');
        const framedAnew = readStrictly(head + readChunks(bytesOf(text), 0).text);
        expect(framedAnew.requests.map((request) => request.body)).toEqual([data]);
      }),
      { numRuns: 1000 },
    );
    expect(taken).toBeGreaterThan(100);
  });
});
