import { describe, expect, it } from 'vitest';
import { ResponseHead } from '../../../../src/http/codec/response-head.ts';
import type { Tolerance } from '../../../../src/http/codec/tolerance.ts';
import { bytesOf, headText, wordOf } from './exchange-text.ts';

function parse(text: string, isHead = false, tolerance?: Tolerance): { word: string; head: ResponseHead } {
  const head = new ResponseHead({}, tolerance);
  const bytes = bytesOf(text);
  return { word: wordOf(head.parse(bytes, 0, bytes.length, isHead)), head };
}

describe('where the body of a response ends', () => {
  it.each([
    ['HTTP/1.1 200 OK', ['Content-Length: 5'], false, 'length', true],
    ['HTTP/1.1 200 OK', ['Transfer-Encoding: chunked'], false, 'chunked', true],
    ['HTTP/1.1 200 OK', [], false, 'close', false],
    ['HTTP/1.1 200 OK', ['Content-Length: 5', 'Connection: close'], false, 'length', false],
    ['HTTP/1.0 200 OK', ['Content-Length: 5'], false, 'length', false],
    ['HTTP/1.0 200 OK', ['Content-Length: 5', 'Connection: keep-alive'], false, 'length', true],
    ['HTTP/1.1 200 OK', ['Content-Length: 5'], true, 'none', true],
    ['HTTP/1.1 200 OK', ['Transfer-Encoding: chunked'], true, 'none', true],
    ['HTTP/1.1 204 No Content', [], false, 'none', true],
    ['HTTP/1.1 304 Not Modified', ['Content-Length: 5'], false, 'none', true],
    ['HTTP/1.1 100 Continue', [], false, 'none', true],
    ['HTTP/1.1 101 Switching Protocols', ['Upgrade: websocket', 'Connection: upgrade'], false, 'none', true],
    ['HTTP/1.1 200', [], false, 'close', false],
    ['HTTP/1.1 200 ', ['Content-Length: 0'], false, 'length', true],
    ['HTTP/1.1 999 \xe9', ['Content-Length: 0'], false, 'length', true],
  ] as const)('%s with %j, to HEAD %j: %s', (line, headers, isHead, bodyKind, isKeepAlive) => {
    const { word, head } = parse(headText(line, ...headers), isHead);
    expect(word).toBe('complete');
    expect([head.bodyKind, head.isKeepAlive]).toEqual([bodyKind, isKeepAlive]);
    expect(head.isInterim).toBe(head.status < 200);
  });

  it('gives status and version', () => {
    const { head } = parse(headText('HTTP/1.0 404 Not Found', 'Content-Length: 12'));
    expect([head.status, head.versionMinor, head.contentLength]).toEqual([404, 0, 12]);
  });
});

it('takes a later minor version for HTTP/1.1', () => {
  const { word, head } = parse(headText('HTTP/1.2 200 OK', 'Content-Length: 0'));
  expect([word, head.versionMinor]).toEqual(['complete', 1]);
});

it('refuses a head as soon as it cannot be one, in the midst of a line', () => {
  for (const [seen, next, expected] of [
    ['HTTP/1.1 20', 'x', '502 status-line'],
    ['HTTP/1.1 200 OK\r\nServer', ' ', '400 header-name'],
    ['HTTP/1.1 200 OK\r\nServer: x', '\0', '400 header-value'],
  ] as const) {
    const bytes = bytesOf(seen + next);
    const head = new ResponseHead();
    expect(head.parse(bytes, 0, seen.length, false)).toBe('incomplete');
    expect(wordOf(head.parse(bytes, 0, bytes.length, false, seen.length))).toBe(expected);
  }
});

it('takes the padded length of an old server', () => {
  expect(parse(headText('HTTP/1.0 200 OK', 'Content-Length: 00000123')).head.contentLength).toBe(123);
});

describe('lenience', () => {
  const read = (...lines: string[]) => parse(headText('HTTP/1.1 200 OK', ...lines), false, 'lenient');

  it('takes a length that is repeated', () => {
    const { word, head } = read('Content-Length: 5', 'A: b', 'Content-Length: 05');
    expect([word, head.bodyKind, head.contentLength, head.isKeepAlive]).toEqual([
      'complete',
      'length',
      5,
      true,
    ]);
  });

  it.each([
    ['Content-Length: 5', 'Transfer-Encoding: chunked'],
    ['Transfer-Encoding: chunked', 'Content-Length: 5', 'Content-Length: 5'],
  ])('goes by chunks where there is a length as well, and trusts the connection no further', (...lines) => {
    const { word, head } = read(...lines);
    expect([word, head.bodyKind, head.contentLength, head.isKeepAlive]).toEqual([
      'complete',
      'chunked',
      -1,
      false,
    ]);
  });

  it.each([
    [['Content-Length: 5', 'Content-Length: 6'], 'content-length-repeated'],
    [['Content-Length: 5', 'Content-Length: x'], 'content-length-repeated'],
    [['Content-Length: 5, 5'], 'content-length'],
    [['Content-Length: x', 'Transfer-Encoding: chunked'], 'content-length'],
    [['Content-Length: 5', 'Transfer-Encoding: gzip, chunked'], 'transfer-encoding'],
    [['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], 'transfer-encoding'],
  ])('ends at %j', (lines, reason) => {
    expect(read(...lines).word).toContain(reason);
  });
});

describe('what a server must not send, table 2.2', () => {
  it.each([
    [['Content-Length: 5', 'Transfer-Encoding: chunked'], 'length-and-encoding'],
    [['Content-Length: 5', 'Content-Length: 5'], 'content-length-repeated'],
    [['Content-Length: foo'], 'content-length'],
    [['Content-Length: 5, 5'], 'content-length'],
    [['Transfer-Encoding: gzip'], 'transfer-encoding'],
    [['Transfer-Encoding: chunked, chunked'], 'transfer-encoding'],
    [['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], 'transfer-encoding'],
  ])('row 23: %j', (lines, reason) => {
    expect(parse(headText('HTTP/1.1 200 OK', ...lines)).word).toContain(reason);
    expect(parse(headText('HTTP/1.1 200 OK', ...lines), true).word).toContain(reason);
  });

  it('row 23: chunks in HTTP/1.0', () => {
    expect(parse(headText('HTTP/1.0 200 OK', 'Transfer-Encoding: chunked')).word).toContain(
      'transfer-encoding',
    );
  });

  it.each(['HTTP/1.1 200 OK\nA: b\n\n', 'HTTP/1.1 200 OK\r\nA: b\nB: c\r\n\r\n'])(
    'row 24: bare LF in %j',
    (text) => {
      expect(parse(text).word).toMatch(/status-line|header-value/);
    },
  );

  it.each(['A: b\r\n c', 'A: \0', 'A : b', 'A\0: b', 'A: b\rc', ': b', 'A'])('row 24: header %j', (line) => {
    expect(parse(headText('HTTP/1.1 200 OK', line)).word).toMatch(/header-|line-end/);
  });

  it.each([
    ...['HTTP/2.0 200 OK', 'ICY 200 OK', 'HTTP/1.1  200 OK', 'HTTP/1.1 20 OK', 'HTTP/1.1 2000 OK'],
    ...[
      'HTTP/1.1 099 OK',
      'HTTP/1.1 abc OK',
      'HTTP/1.1\t200 OK',
      'HTTP/1.1 200 \0',
      '\r\nHTTP/1.1 200 OK',
      '<html>',
    ],
  ])('status line %j', (line) => {
    expect(parse(headText(line, 'Content-Length: 0')).word).toBe('502 status-line');
  });

  it('a head beyond the limit', () => {
    expect(parse(`HTTP/1.1 200 OK\r\nX: ${'a'.repeat(20_000)}`).word).toBe('431 head-too-long');
  });
});
