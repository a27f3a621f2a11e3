import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trimResponseHead } from '../../../../src/http/codec/head-trimmer.ts';
import { writeResponseHead, type ResponseEdits } from '../../../../src/http/codec/head-writer.ts';
import { ResponseHead } from '../../../../src/http/codec/response-head.ts';
import { bytesOf, headText } from '../../../unit/http/codec/exchange-text.ts';

const statusLine = fc.constantFrom(
  'HTTP/1.1 200 OK',
  'HTTP/1.0 404 Not Found',
  'HTTP/1.1 200',
  'HTTP/1.2 200 OK',
  'HTTP/1.1 204 ',
  'HTTP/1.1 304 Not Modified',
);
const line = fc.constantFrom(
  'Server: nginx/1.22.1',
  'Content-Type: text/plain',
  'Connection: keep-alive',
  'Connection: close, X-Hop',
  'X-Hop: 1',
  'Keep-Alive: 5',
  'Upgrade: h2c',
  'Trailer: X',
  'Set-Cookie: SRV=y',
  'Set-Cookie: a=b',
  'X:',
);
const framing = fc.constantFrom(
  [],
  ['Content-Length: 3'],
  ['Content-Length: 03'],
  ['Transfer-Encoding: chunked'],
);
const lines = fc
  .tuple(fc.array(line, { maxLength: 8 }), framing, fc.nat({ max: 8 }))
  .map(([others, frame, at]) => [...others.slice(0, at), ...frame, ...others.slice(at)]);
const before = fc.constantFrom('', 'HTTP/1.1 103 Early Hints\r\n\r\n');
const edits = fc.record<ResponseEdits>({
  connection: fc.constantFrom('none', 'none', 'none', 'close', 'upgrade'),
  append: fc.constantFrom([], [], [bytesOf('Set-Cookie: SRV=x\r\n')]),
  ownCookies: fc.constantFrom([], [bytesOf('SRV')]),
  isUncacheable: fc.constant(false),
  isUntilClose: fc.boolean(),
});

const after = 'abc HTTP/1.1';

describe('trimResponseHead', () => {
  it('makes of a head what is written of it elsewhere, and touches nothing around it', () => {
    let trimmed = 0;
    fc.assert(
      fc.property(before, statusLine, lines, edits, fc.boolean(), (forerunner, first, rest, edit, isHead) => {
        const original = bytesOf(forerunner + headText(first, ...rest) + after);
        const bytes = Buffer.from(original);
        const head = new ResponseHead();
        fc.pre(head.parse(bytes, forerunner.length, bytes.length, isHead) === 'complete');
        const out = Buffer.alloc(4096);
        const written = out.toString('latin1', 0, writeResponseHead(out, bytes, head, edit));

        const start = trimResponseHead(bytes, head, edit);

        if (start === -1) {
          expect(bytes).toEqual(original);
          return;
        }
        trimmed += 1;
        expect(bytes.toString('latin1', start, head.headEnd)).toBe(written);
        expect(bytes.toString('latin1', head.headEnd)).toBe(after);
        expect(bytes.toString('latin1', 0, forerunner.length)).toBe(forerunner);
      }),
      { numRuns: 1000 },
    );
    expect(trimmed).toBeGreaterThan(50);
  });
});
