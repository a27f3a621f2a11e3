import { expect, it } from 'vitest';
import { TraceBeginner } from '../../../src/http/trace-beginner.ts';
import { traceOf } from '../../../src/http/request-trace.ts';
import { headText, parseRequest, plainEdits, rewritten } from './codec/exchange-text.ts';

const base = ['GET / HTTP/1.1', 'Host: a'];
const trace = 'a'.repeat(32);
const span = 'b'.repeat(16);
const valid = `00-${trace}-${span}-01`;
/** A random number that is these 32 bits, lowest digit first. */
const digits = (text: string): number => Number.parseInt(Array.from(text).reverse().join(''), 16) / 2 ** 32;

/** What a server gets beside {@link base}, and what is told. */
function taken(lines: readonly string[], random = (): number => digits('01234567')) {
  const beginner = new TraceBeginner(random);
  const parsed = parseRequest(headText(...base, ...lines));
  beginner.take(parsed.bytes, parsed.head);
  const text = rewritten(parsed, { ...plainEdits, append: [beginner.line] });
  const server = text.split('\r\n').slice(base.length, -2);
  return { server, told: traceOf(parsed.bytes, parsed.head, beginner) };
}

const begun = `traceparent: 00-${'01234567'.repeat(4)}-${'01234567'.repeat(2)}-01`;

it('begins a trace where there is none', () => {
  expect(taken(['Accept: */*'])).toEqual({
    server: ['Accept: */*', begun],
    told: { traceparent: undefined, traceId: '01234567'.repeat(4), spanId: '01234567'.repeat(2) },
  });
});

it('draws each part of an identifier anew', () => {
  const words = ['00000000', '10000000', '89abcdef', 'ffffffff', '00000001', '00000000'].values();
  const { server } = taken([], () => digits(words.next().value ?? ''));
  expect(server).toEqual(['traceparent: 00-000000001000000089abcdefffffffff-0000000100000000-01']);
});

it('writes no identifier of zeros, which would be none', () => {
  expect(taken([], () => 0).server).toEqual([`traceparent: 00-1${'0'.repeat(31)}-1${'0'.repeat(15)}-01`]);
});

it('begins nothing for the next request that belongs to one', () => {
  const beginner = new TraceBeginner(Math.random);
  const [without, within] = [
    parseRequest(headText(...base)),
    parseRequest(headText(...base, `traceparent: ${valid}`)),
  ];
  beginner.take(without.bytes, without.head);
  expect(beginner.line.length).toBeGreaterThan(0);
  beginner.take(within.bytes, within.head);
  expect([beginner.line.length, beginner.traceId, beginner.spanId]).toEqual([0, undefined, undefined]);
});

it.each([
  ['as it is', `traceparent: ${valid}`],
  ['in any case and with blanks around', `TraceParent:\t ${valid} `],
  ['not sampled', `traceparent: 00-${trace}-${span}-00`],
  ['with flags of later versions', `traceparent: 00-${trace}-${span}-ff`],
  ['of a later version', `traceparent: cc-${trace}-${span}-01`],
  ['of a later version with more', `traceparent: 01-${trace}-${span}-01-what?`],
])('passes on what a client says, %s', (_, line) => {
  const lines = ['tracestate: a=1', line, 'TraceState: b=2'];
  const { server, told } = taken(lines);
  expect(server).toEqual(lines);
  const first = /[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}/u.exec(line)![0];
  expect(told).toEqual({ traceparent: first, traceId: trace, spanId: undefined });
});

it.each([
  ['is empty', ''],
  ['is too short', valid.slice(0, -1)],
  ['goes on', `${valid}-01`],
  ['goes on without a dash in a later version', `01-${trace}-${span}-0101`],
  ['has capitals', `00-${'A'.repeat(32)}-${span}-01`],
  ['has no version', `ff-${trace}-${span}-01`],
  ['has other characters', `00-${'g'.repeat(32)}-${span}-01`],
  ['has no trace', `00-${'0'.repeat(32)}-${span}-01`],
  ['has no span', `00-${trace}-${'0'.repeat(16)}-01`],
  ['has other dashes', `00_${trace}-${span}-01`],
  ['has wrong flags', `00-${trace}-${span}-0x`],
])('begins another one where that of a client %s, and drops what it says of states', (_, value) => {
  const lines = ['tracestate: a=1', `traceparent: ${value}`, 'Accept: */*', 'Tracestate: b=2'];
  const { server, told } = taken(lines);
  expect(server).toEqual(['Accept: */*', begun]);
  expect(told.traceparent).toBeUndefined();
});

it('begins another one where a client says two, or means it for this hop alone', () => {
  const line = `traceparent: ${valid}`;
  expect(taken([line, line]).server).toEqual([begun]);
  expect(taken(['Connection: traceparent', line, 'tracestate: a=1']).server).toEqual([begun]);
});
