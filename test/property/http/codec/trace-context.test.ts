import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findTraceparent } from '../../../../src/http/codec/trace-context.ts';
import { TraceBeginner } from '../../../../src/http/trace-beginner.ts';
import { traceOf } from '../../../../src/http/request-trace.ts';
import { seededRandom } from '../../../../src/runtime/seeded-random.ts';
import { headText, parseRequest, plainEdits, rewritten } from '../../../unit/http/codec/exchange-text.ts';
import { mutated, requestText } from './arbitrary-requests.ts';

/** The grammar of W3C Trace Context, section 3.2.2, in one expression. */
const grammar =
  /^(?!ff)(?:00(?=.{53}$)|(?!00)[\da-f]{2}(?=.{53}(?:-|$)))-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}/u;

const hex = (length: number): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 5, arbitrary: fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`, 'u')) },
    fc.constant('0'.repeat(length)),
    fc.stringMatching(new RegExp(`^[0-9A-Fg]{${length}}$`, 'u')),
  );
const version = fc.oneof(fc.constant('00'), fc.constant('ff'), hex(2));
const rest = fc.oneof(fc.constant(''), fc.constant('-'), fc.stringMatching(/^-?[ -~]{0,5}[!-~]$/u));
const traceparent = fc
  .tuple(version, hex(32), hex(16), hex(2), rest)
  .map(([first, trace, span, flags, more]) => `${first}-${trace}-${span}-${flags}${more}`);
const value = fc.oneof(traceparent, mutated(traceparent)).filter((text) => !/[\r\n]/u.test(text));

function parsed(...lines: readonly string[]): ReturnType<typeof parseRequest> {
  return parseRequest(headText('GET / HTTP/1.1', 'Host: a', ...lines));
}

it('a traceparent is valid where the grammar says so', () => {
  let valid = 0;
  fc.assert(
    fc.property(value, (text) => {
      const { status, head, bytes } = parsed(`traceparent: ${text}`);
      if (status !== 'complete') return;
      const isValid = grammar.test(text.trim());
      valid += Number(isValid);
      expect(findTraceparent(bytes, head.headers) !== -1).toBe(isValid);
    }),
    { numRuns: 2000 },
  );
  expect(valid).toBeGreaterThan(100);
});

it('a server gets exactly one valid traceparent, whatever the request says, and nothing else of it is lost', () => {
  let begun = 0;
  fc.assert(
    fc.property(
      fc.oneof(requestText, mutated(requestText)),
      fc.array(value, { maxLength: 2 }),
      fc.integer(),
      (text, values, seed) => {
        const lines = values.flatMap((each) => [`traceparent: ${each}`, 'tracestate: a=1']);
        const withTrace = text.replace('\r\n', `\r\n${lines.map((line) => `${line}\r\n`).join('')}`);
        const [plain, before] = [parseRequest(text), parseRequest(withTrace)];
        if (plain.status !== 'complete' || before.status !== 'complete') return;
        const beginner = new TraceBeginner(seededRandom(seed));
        beginner.take(before.bytes, before.head);
        const told = traceOf(before.bytes, before.head, beginner);
        const written = rewritten(before, { ...plainEdits, append: [beginner.line] });
        const after = parseRequest(written);
        expect(after.status).toBe('complete');
        const index = findTraceparent(after.bytes, after.head.headers);
        expect(index).not.toBe(-1);
        expect(written.includes(told.traceId ?? 'none')).toBe(true);
        begun += Number(told.spanId !== undefined);
        const others = written.replaceAll(/^(?:traceparent|tracestate):.*\r\n/gimu, '');
        expect(others).toBe(rewritten(plain));
      },
    ),
    { numRuns: 1500 },
  );
  expect(begun).toBeGreaterThan(30);
});
