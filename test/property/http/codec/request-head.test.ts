import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NamedCookies } from '../../../../src/http/codec/cookies.ts';
import { RequestHead } from '../../../../src/http/codec/request-head.ts';
import { ResponseHead } from '../../../../src/http/codec/response-head.ts';
import {
  bytesOf,
  forward,
  headText,
  parseRequest,
  plainEdits,
  rewritten,
  wordOf,
} from '../../../unit/http/codec/exchange-text.ts';
import { readStrictly } from '../../../unit/http/codec/reference-parser.ts';
import { mutated, requestText } from './arbitrary-requests.ts';

/** How long the mutations run; nightly runs give more. */
const fuzzMs = Number(process.env['FUZZ_MS'] ?? 3000);

/** Without marked cookies: those are no more what they were once they were rewritten. */
const anyText = fc.oneof(requestText, mutated(requestText)).filter((text) => !text.includes('SRV~'));
const edits = { ...plainEdits, ownCookies: [bytesOf('SRV')] };

describe('RequestHead', () => {
  it('answers the same however the bytes are split', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const bytes = bytesOf(text);
        const head = new RequestHead();
        const whole = head.parse(bytes, 0, bytes.length);
        const { headEnd } = head;
        let first = head.parse(bytes, 0, 0);
        let end = 0;
        while (first === 'incomplete' && end < bytes.length) {
          first = head.parse(bytes, 0, ++end);
        }
        expect(first).toBe(whole);
        if (whole === 'complete') expect([head.headEnd, end]).toEqual([headEnd, headEnd]);
      }),
      { numRuns: 300 },
    );
  });

  it('answers the same where it skips what it saw', () => {
    fc.assert(
      fc.property(anyText, fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 20 }), (text, steps) => {
        const bytes = bytesOf(text);
        const head = new RequestHead();
        const whole = head.parse(bytes, 0, bytes.length);
        let seen = 0;
        for (const step of [...steps, bytes.length]) {
          const end = Math.min(seen + step, bytes.length);
          const status = head.parse(bytes, 0, end, seen);
          if (status !== 'incomplete') {
            expect(status).toBe(whole);
            return;
          }
          expect(new RequestHead().parse(bytes, 0, end)).toBe('incomplete');
          seen = end;
        }
        expect(whole).toBe('incomplete');
      }),
      { numRuns: 300 },
    );
  });

  it('takes what it wrote itself, and reads the same in it', () => {
    let taken = 0;
    fc.assert(
      fc.property(anyText, (text) => {
        const before = parseRequest(text);
        if (before.status !== 'complete') return;
        taken++;
        const after = parseRequest(rewritten(before, edits));
        expect(wordOf(after.status)).toBe('complete');
        const meaning = ({ head, bytes }: typeof before): unknown[] => [
          head.method,
          head.versionMinor,
          head.contentLength,
          head.isChunked,
          head.expectsContinue,
          bytes.toString('latin1', head.hostStart, head.hostEnd),
        ];
        expect(meaning(after)).toEqual(meaning(before));
        // Each writing counts this one down.
        const constant = (head: string): string => head.replace(/(max-forwards:[ \t]*)\d+/gi, '$1n');
        expect(constant(rewritten(after, edits))).toBe(constant(rewritten(before, edits)));
      }),
      { numRuns: 1000 },
    );
    expect(taken).toBeGreaterThan(50);
  });

  it('forwards only what the reference reads as the same requests', () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1, maxLength: 3 }), (texts) => {
        const { requests } = forward(bytesOf(texts.join('')), edits);
        const reading = readStrictly(requests.join(''));
        expect(reading.fault).toBeUndefined();
        expect(reading.requests).toHaveLength(requests.length);
        for (const { headers } of reading.requests) {
          expect(headers.map(([name]) => name)).not.toContain('x_forwarded_for');
          expect(headers.filter(([name, value]) => name === 'cookie' && /(^|; ?)SRV=/.test(value))).toEqual(
            [],
          );
        }
      }),
      { numRuns: 1000 },
    );
  });

  it(
    'never throws, and never takes what the reference calls a fault',
    () => {
      let runs = 0;
      const response = new ResponseHead();
      const check = (text: string): void => {
        runs++;
        const bytes = bytesOf(text);
        response.parse(bytes, 0, bytes.length, false);
        const answer = bytesOf(text.replace(/^.* /, 'HTTP/1.1 200 '));
        response.parse(answer, 0, answer.length, false);
        const { requests } = forward(bytes, edits);
        expect(readStrictly(requests.join('')).fault).toBeUndefined();
        const { status, head } = parseRequest(text);
        if (status !== 'complete') return;
        new NamedCookies().read(bytes, head, bytesOf('SRV'));
        const later = / HTTP\/1\.[2-9]\r/;
        const sent = readStrictly(text.slice(head.headStart, head.headEnd).replace(later, ' HTTP/1.1\r'));
        expect(sent.fault).toBeUndefined();
      };
      const limits = { numRuns: 10_000_000, interruptAfterTimeLimit: fuzzMs, markInterruptAsFailure: false };
      fc.assert(fc.property(mutated(requestText), check), limits);
      expect(runs).toBeGreaterThan(100);
    },
    fuzzMs + 30_000,
  );

  it('reads any bytes in time that grows with their number only', () => {
    const worst = [
      'A'.repeat(16_384),
      `GET /${'a'.repeat(16_384)}`,
      `GET / HTTP/1.1\r\n${'a:\r\n'.repeat(4000)}`,
      headText('GET / HTTP/1.1', 'Host: a', `Connection: ${'a,'.repeat(8000)}`),
      headText('GET / HTTP/1.1', 'Host: a', `Cookie: ${'a;'.repeat(8000)}`),
      headText('GET / HTTP/1.1', 'Host: a', `X:${' '.repeat(16_000)}`),
    ];
    for (const text of worst) {
      const bytes = bytesOf(text);
      const head = new RequestHead();
      const startMs = performance.now();
      for (let run = 0; run < 100; run++) head.parse(bytes, 0, bytes.length);
      expect((performance.now() - startMs) / 100).toBeLessThan(5);
    }
  });
});
