import { describe, expect, it } from 'vitest';
import { bytesOf, forward, headText, parseRequest, wordOf } from './exchange-text.ts';
import { RequestHead } from '../../../../src/http/codec/request-head.ts';

/** What becomes of a request with these header lines after `Host`. */
function outcome(...lines: string[]): string {
  return wordOf(parseRequest(headText('POST /a HTTP/1.1', 'Host: a', ...lines)).status);
}

/** What becomes of a request with this first line. */
function lineOutcome(line: string, ...headers: string[]): string {
  return wordOf(parseRequest(headText(line, ...(headers.length > 0 ? headers : ['Host: a']))).status);
}

describe('what a request head says', () => {
  const text = headText(
    'GET /studies?q=1 HTTP/1.1',
    'Host: pacs.example:8080',
    'Cookie: a=1',
    'X-Empty:',
    'Accept:\t text/html \t',
    'Cookie: b=2',
  );

  it('gives the parts of the request line', () => {
    const { status, head, bytes } = parseRequest(text);
    expect(status).toBe('complete');
    expect(head.method).toBe('GET');
    expect(bytes.toString('latin1', head.methodStart, head.methodEnd)).toBe('GET');
    expect(bytes.toString('latin1', head.targetStart, head.targetEnd)).toBe('/studies?q=1');
    expect([head.targetForm, head.versionMinor, head.headEnd]).toEqual(['origin', 1, bytes.length]);
  });

  it('gives the position of every header, white space around values excluded', () => {
    const { head, bytes } = parseRequest(text);
    const rows = Array.from({ length: head.headers.count }, (_, index) => [
      bytes.toString('latin1', head.headers.lineStart(index), head.headers.nameEnd(index)),
      bytes.toString('latin1', head.headers.valueStart(index), head.headers.valueEnd(index)),
    ]);
    expect(rows).toEqual([
      ['Host', 'pacs.example:8080'],
      ['Cookie', 'a=1'],
      ['X-Empty', ''],
      ['Accept', 'text/html'],
      ['Cookie', 'b=2'],
    ]);
    expect([head.firstCookie, head.cookieCount]).toEqual([1, 2]);
    expect(bytes.toString('latin1', head.hostStart, head.hostEnd)).toBe('pacs.example:8080');
  });

  it('forgets the request before', () => {
    const head = new RequestHead();
    const full = bytesOf(
      headText('POST / HTTP/1.1', 'Host: a', 'Cookie: a=1', 'Content-Length: 3', 'Expect: 100-continue'),
    );
    const bare = bytesOf(headText('GET / HTTP/1.0'));
    expect(head.parse(full, 0, full.length)).toBe('complete');
    expect([head.contentLength, head.expectsContinue, head.firstCookie]).toEqual([3, true, 1]);
    expect(head.parse(bare, 0, bare.length)).toBe('complete');
    expect([head.contentLength, head.expectsContinue, head.firstCookie, head.cookieCount]).toEqual([
      -1,
      false,
      -1,
      0,
    ]);
    expect([head.hostStart, head.headers.count, head.isKeepAlive]).toEqual([-1, 0, false]);
  });

  it('finds a request anywhere in a buffer, and not beyond the end given', () => {
    const request = headText('GET / HTTP/1.1', 'Host: a');
    const bytes = bytesOf(`junk${request}GET /next`);
    const head = new RequestHead();
    expect(head.parse(bytes, 4, 4 + request.length - 1)).toBe('incomplete');
    expect(head.parse(bytes, 4, bytes.length)).toBe('complete');
    expect(head.headEnd).toBe(4 + request.length);
  });

  it.each([
    ['HTTP/1.1', [], true],
    ['HTTP/1.1', ['Connection: close'], false],
    ['HTTP/1.1', ['Connection: foo, CLOSE'], false],
    ['HTTP/1.1', ['Connection: keep-alive', 'Connection: close'], false],
    ['HTTP/1.0', [], false],
    ['HTTP/1.0', ['Connection: Keep-Alive'], true],
    ['HTTP/1.0', ['Connection: keep-alive, close'], false],
  ] as const)('keeps %s connections alive with %j: %j', (version, lines, expected) => {
    const { status, head } = parseRequest(headText(`GET / ${version}`, 'Host: a', ...lines));
    expect(status).toBe('complete');
    expect(head.isKeepAlive).toBe(expected);
  });

  it('takes a method without a constant of its own', () => {
    expect(parseRequest(headText('M-SEARCH / HTTP/1.1', 'Host: a')).head.method).toBe('M-SEARCH');
  });
});

describe('limits', () => {
  it('answers 414 for a request line and 431 for a head beyond the limit, without waiting for their end', () => {
    const limits = { maxHeadBytes: 100 };
    const line = `GET /${'a'.repeat(200)}`;
    expect(wordOf(parseRequest(line, limits).status)).toBe('414 request-line-too-long');
    const head = `GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(200)}`;
    expect(wordOf(parseRequest(head, limits).status)).toBe('431 head-too-long');
  });

  it('takes a head of exactly the limit and refuses one byte more', () => {
    const text = headText('GET / HTTP/1.1', 'Host: a');
    expect(parseRequest(text, { maxHeadBytes: text.length }).status).toBe('complete');
    expect(wordOf(parseRequest(text, { maxHeadBytes: text.length - 1 }).status)).toBe('431 head-too-long');
  });

  it('answers 431 for more headers than allowed', () => {
    const lines = Array.from({ length: 129 }, (_, index) => `X-${index}: 1`);
    expect(wordOf(parseRequest(headText('GET / HTTP/1.1', ...lines)).status)).toBe('431 too-many-headers');
    expect(parseRequest(headText('GET / HTTP/1.1', 'Host: a', ...lines.slice(0, 127))).status).toBe(
      'complete',
    );
  });

  it('refuses a Connection header that nominates without end', () => {
    const many = Array.from({ length: 33 }, (_, index) => `x${index}`).join(',');
    expect(outcome(`Connection: ${many}`)).toBe('400 too-many-connection-options');
  });

  it('refuses a head as soon as it cannot be one, in the midst of a line', () => {
    const refusals: readonly (readonly [seen: string, next: string, expected: string])[] = [
      ['GET / HT', 'X', '400 request-line'],
      ['GE', 'T\t', '400 method'],
      ['\r\nGE', 'T:', '400 method'],
      ['GET /', '\x01', '400 target'],
      ['GET / HTTP/1.1\r\nHost', ' ', '400 header-name'],
      ['GET / HTTP/1.1\r\nHost: a', '\0', '400 header-value'],
      ['GET / HTTP/1.1\r\nHost: a\r', 'X', '400 line-end'],
      ['GET / HTTP/1.1\r\nHost: a\r\n\r', 'X', '400 line-end'],
    ];
    for (const [seen, next, expected] of refusals) {
      const bytes = bytesOf(`junk\n${seen}${next}`);
      const head = new RequestHead();
      const seenEnd = bytes.length - next.length;
      expect(head.parse(bytes, 5, seenEnd)).toBe('incomplete');
      expect(wordOf(head.parse(bytes, 5, bytes.length, seenEnd))).toBe(expected);
    }
  });

  it('tells the method of a head that it refuses, where that can be read', () => {
    const methodOf = (text: string): string => parseRequest(text).head.method;
    expect(methodOf('HEAD /\0')).toBe('HEAD');
    expect(methodOf('HEAD / HTTP/1.1\r\nHost')).toBe('HEAD');
    expect(methodOf('head / HTTP/1.1\r\n')).toBe('');
  });

  it.each([
    ['OPTIONS', ['Max-Forwards: 0'], 0],
    ['OPTIONS', ['max-forwards: 007'], 7],
    ['OPTIONS', [`Max-Forwards: ${'9'.repeat(30)}`], 999_999_999_999_999],
    ['OPTIONS', ['A: 1'], -1],
    ['GET', ['Max-Forwards: 0', 'Max-Forwards: x'], -1],
  ] as const)('%s with %j may be passed on so often: %d', (method, lines, expected) => {
    const { status, head } = parseRequest(headText(`${method} / HTTP/1.1`, 'Host: a', ...lines));
    expect([status, head.maxForwards]).toEqual(['complete', expected]);
  });

  it.each(['Max-Forwards: x', 'Max-Forwards:', 'Max-Forwards: -1', 'Max-Forwards: 1\r\nMax-Forwards: 1'])(
    'refuses OPTIONS with %j',
    (line) => {
      expect(lineOutcome('OPTIONS / HTTP/1.1', 'Host: a', line)).toBe('400 max-forwards');
    },
  );

  it('skips what it has seen of a head that comes byte by byte', () => {
    const bytes = bytesOf(headText('GET / HTTP/1.1', 'Host: a'));
    const head = new RequestHead();
    for (let end = 1; end < bytes.length; end++) {
      expect(head.parse(bytes, 0, end, end - 1)).toBe('incomplete');
    }
    expect(head.parse(bytes, 0, bytes.length, bytes.length - 1)).toBe('complete');
  });
});

describe('request smuggling, table 2.1', () => {
  it('row 1: refuses Content-Length with Transfer-Encoding', () => {
    expect(outcome('Content-Length: 6', 'Transfer-Encoding: chunked')).toBe('400 length-and-encoding');
  });

  it('row 2: refuses Transfer-Encoding with Content-Length', () => {
    expect(outcome('Transfer-Encoding: chunked', 'Content-Length: 4')).toBe('400 length-and-encoding');
  });

  it.each([
    'Transfer-Encoding: xchunked',
    'Transfer-Encoding : chunked',
    'Transfer-Encoding:\x0bchunked',
    '\tTransfer-Encoding: chunked',
    'Transfer-Encoding: chunked\x00',
    'Transfer-Encoding: ,chunked',
    'Transfer-Encoding: chunked,',
    'Transfer-Encoding: chunked, identity',
    'Transfer-Encoding: identity',
    'Transfer-Encoding: gzip, chunked',
    'Transfer-Encoding: "chunked"',
    'Transfer-Encoding: chunked;q=1',
    'Transfer-Encoding: chunke\x64\xa0',
    'Transfer-Encoding:',
    'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked',
    'Transfer-Encoding: chunked\r\nTransfer-encoding: identity',
    'X: x\nTransfer-Encoding: chunked',
    'X: x\rTransfer-Encoding: chunked',
    'Transfer\x00-Encoding: chunked',
    'Transfer-Encoding\r\n: chunked',
  ])('row 3: refuses the obfuscated %j', (line) => {
    expect(outcome(line)).toMatch(/^400 /);
  });

  it.each(['Transfer-Encoding: chunked', 'transfer-encoding:chunked', 'TRANSFER-ENCODING: \t Chunked \t '])(
    'row 3: takes the plain %j',
    (line) => {
      expect(outcome(line)).toBe('complete');
    },
  );

  it.each([
    ...[
      '+5',
      '-5',
      '0x5',
      '5 5',
      '5,5',
      '5, 6',
      '5, 5',
      '',
      '005',
      '1e1',
      '5;',
      '5.0',
      '\xb2',
      '9'.repeat(400),
    ],
    ...[
      '1'.repeat(16),
      '5\x00',
      '5\x0b',
      '5\r\nContent-Length: 5',
      '5\r\nContent-Length: 6',
      '5\r\ncontent-length:5',
    ],
  ])('row 4: refuses Content-Length %j', (value) => {
    expect(outcome(`Content-Length: ${value}`)).toMatch(/^400 /);
  });

  it('row 4: takes one plain Content-Length', () => {
    const { head } = parseRequest(headText('POST / HTTP/1.1', 'Host: a', 'Content-Length: 999999999999999'));
    expect(head.contentLength).toBe(999_999_999_999_999);
    expect(outcome('Content-Length: 0')).toBe('complete');
    expect(outcome('Content-Length:\t5 \t')).toBe('complete');
  });

  it.each([' Content-Length: 50', 'Content-Length : 5', 'Content-Length\t: 5', 'Content-Length\x0b: 5'])(
    'row 5: refuses space before name or colon: %j',
    (line) => {
      expect(outcome(line)).toMatch(/^400 header-name/);
    },
  );

  it.each([
    'A: b\rTransfer-Encoding: chunked',
    'A:\nTransfer-Encoding: chunked',
    'A: b\nB: c',
    'A\r: b',
    'A: \0',
    'A: \x7f',
    'A: \x1f',
    'A\n: b',
    'A: b\r\r',
  ])('row 6: refuses bare CR, LF and control bytes in headers: %j', (line) => {
    expect(outcome(line)).toMatch(/^400 (header-(name|value)|line-end)/);
  });

  it.each([
    'GET /\r HTTP/1.1',
    'GET /\0 HTTP/1.1',
    'GET / HTTP/1.1\n',
    'GET / HTTP/1.1\r',
    'GET /\n HTTP/1.1',
    '\nGET / HTTP/1.1',
  ])('row 6: refuses bare CR, LF and control bytes in the request line: %j', (line) => {
    expect(lineOutcome(line)).toMatch(/^400 /);
  });

  it('row 6: refuses a NUL in Host', () => {
    expect(lineOutcome('GET / HTTP/1.1', 'Host: a\0.b')).toMatch(/^400 /);
  });

  it('row 7: refuses a head that ends in CRLF CR', () => {
    const { status } = parseRequest('GET / HTTP/1.1\r\nHost: a\r\n\rZGET /evil: HTTP/1.1\r\n\r\n');
    expect(wordOf(status)).toBe('400 line-end');
  });

  it.each(['Transfer-Encoding: chunked\r\n , chunked-false', 'A: b\r\n c', 'A: b\r\n\tc', 'A:\r\n b'])(
    'row 8: never unfolds %j',
    (line) => {
      expect(outcome(line)).toMatch(/^400 header-name/);
    },
  );

  it('row 8: refuses a fold right after the request line', () => {
    expect(lineOutcome('GET / HTTP/1.1', ' Host: a')).toMatch(/^400 header-name/);
  });

  it.each([': x', ':', 'no colon', 'X[]: 1', 'X\x85: 1', 'X Y: 1', '"X": 1', 'X@: 1', '\xef\xbb\xbfX: 1'])(
    'row 9: refuses the name in %j',
    (line) => {
      expect(outcome(line)).toMatch(/^400 header-name/);
    },
  );

  it('row 9: refuses a name without end by the limit of the head', () => {
    const { status } = parseRequest(`GET / HTTP/1.1\r\n${'a'.repeat(20_000)}`);
    expect(wordOf(status)).toBe('431 head-too-long');
  });

  it('row 14: refuses chunks in HTTP/1.0', () => {
    expect(lineOutcome('POST / HTTP/1.0', 'Host: a', 'Transfer-Encoding: chunked')).toBe(
      '400 transfer-encoding',
    );
  });

  it('row 15: gives a GET the body it announces', () => {
    const text = `${headText('GET / HTTP/1.1', 'Host: a', 'Content-Length: 10')}0123456789`;
    expect(forward(bytesOf(`${text}${text}`)).requests).toEqual([text, text]);
  });

  it.each([
    ['Expect: 100-continue', 'complete'],
    ['Expect: 100-Continue ', 'complete'],
    ['Expect: y 100-continue', '417 expectation'],
    ['Expect: 100-continue, x', '417 expectation'],
    ['Expect: 200-maybe', '417 expectation'],
    ['Expect:', '417 expectation'],
    ['Expect: 100-continue\r\nExpect: x', '417 expectation'],
  ])('row 16: %j is %s', (line, expected) => {
    expect(outcome(line)).toBe(expected);
  });

  it('row 16: an HTTP/1.0 client expects nothing', () => {
    const { head } = parseRequest(headText('POST / HTTP/1.0', 'Expect: 100-continue'));
    expect(head.expectsContinue).toBe(false);
  });

  it('row 17: reads a pipelined request, then refuses the invalid one', () => {
    const first = headText('GET /one HTTP/1.1', 'Host: a');
    const { requests, problem } = forward(bytesOf(`${first}Invalid\r\n\r\n`));
    expect(requests).toEqual([first]);
    expect(problem?.status).toBe(400);
  });

  it('row 18: says that nothing may follow Connection: close', () => {
    const close = headText('GET /one HTTP/1.1', 'Host: a', 'Connection: close');
    expect(forward(bytesOf(`${close}${headText('GET /two HTTP/1.1', 'Host: a')}`)).requests).toHaveLength(1);
  });

  it.each([
    ['GET / HTTP/1.2', 'complete'],
    ['GET / HTTP/1.9', 'complete'],
    ['GET / HTTP/2.0', '505 version'],
    ['GET / HTTP/0.9', '505 version'],
    ['GET / HTTP/5.6', '505 version'],
    ['PRI * HTTP/2.0', '505 version'],
    ['GET / HTTP/1.10', '400 request-line'],
    ['GET / HTTP/4294967295.255', '400 request-line'],
    ['GET / HTTP/1.1 ', '400 request-line'],
    ['GET / HTTP/1,1', '400 request-line'],
    ['GET / http/1.1', '400 request-line'],
    ['GET / HTTP /1.1', '400 request-line'],
    ['GET / HTTP/1', '400 request-line'],
    ['GET / XTTP/1.1', '400 request-line'],
    ['GET / RTSP/1.0', '400 request-line'],
    ['GET /', '400 target'],
    ['GET', '400 method'],
  ])('row 19: %j is %s', (line, expected) => {
    expect(lineOutcome(line)).toBe(expected);
  });

  it.each([
    ['G=":" / HTTP/1.1', '400 method'],
    ['get / HTTP/1.1', '400 method'],
    ['GeT / HTTP/1.1', '400 method'],
    [' GET / HTTP/1.1', '400 method'],
    ['GET * HTTP/1.1', '400 target'],
    ['GET admin HTTP/1.1', '400 target'],
    ['GET /a b HTTP/1.1', '400 request-line'],
    ['GET  / HTTP/1.1', '400 target'],
    ['GET /  HTTP/1.1', '400 request-line'],
    ['GET\t/\tHTTP/1.1', '400 method'],
    ['GET /\tHTTP/1.1', '400 target'],
    ['GET /\x7f HTTP/1.1', '400 target'],
    ['GET /\xc3\xa9 HTTP/1.1', '400 target'],
    ['GET /#f HTTP/1.1', '400 target'],
    ['GET ftp://a/ HTTP/1.1', '400 target'],
    ['CONNECT a:443 HTTP/1.1', '501 method-refused'],
    ['TRACE / HTTP/1.1', '501 method-refused'],
    [`${'A'.repeat(33)} / HTTP/1.1`, '501 method-too-long'],
    ['OPTIONS * HTTP/1.1', 'complete'],
    ['OPTIONS ** HTTP/1.1', '400 target'],
  ])('row 20: %j is %s', (line, expected) => {
    expect(lineOutcome(line)).toBe(expected);
  });

  it.each([
    ...[
      '',
      'a,b',
      'u@h',
      'h/path',
      '[::1',
      '[]',
      '[::1]x',
      '[1]',
      '::1',
      'h:99999',
      'h:65536',
      'h:1:2',
      'h:x',
      ':80',
    ],
    ...['h:-1', 'a b', 'a\tb', 'a%00', 'a?b', 'a#b', 'a\\b', 'xn--é', "a'b"],
  ])('row 21: refuses Host %j', (value) => {
    expect(lineOutcome('GET / HTTP/1.1', `Host: ${value}`)).toBe('400 host');
  });

  it.each(['a', 'a.b', 'A_B-9', '10.0.0.1:8080', '[::1]', '[fe80::1]:80', 'h:', 'h:0', 'h:65535', 'a.'])(
    'row 21: takes Host %j',
    (value) => {
      expect(lineOutcome('GET / HTTP/1.1', `Host: ${value}`)).toBe('complete');
    },
  );

  it.each([
    ['GET / HTTP/1.1', ['X: 1'], '400 host-missing'],
    ['GET / HTTP/1.0', ['X: 1'], 'complete'],
    ['GET / HTTP/1.1', ['Host: a', 'Host: a'], '400 host-repeated'],
    ['GET / HTTP/1.0', ['Host: a', 'host: b'], '400 host-repeated'],
    ['GET http://a/ HTTP/1.1', ['Host: b'], '400 host-mismatch'],
    ['GET http://a:80/ HTTP/1.1', ['Host: a'], 'complete'],
    ['GET http://a/ HTTP/1.1', ['Host: A:80'], 'complete'],
    ['GET http://a: HTTP/1.1', ['Host: a:080'], 'complete'],
    ['GET http://[::1]:80/ HTTP/1.1', ['Host: [::1]'], 'complete'],
    ['GET https://a:443/ HTTP/1.1', ['Host: a'], 'complete'],
    ['GET http://a:443/ HTTP/1.1', ['Host: a'], '400 host-mismatch'],
    ['GET https://a:80/ HTTP/1.1', ['Host: a'], '400 host-mismatch'],
    ['GET http://a:81/ HTTP/1.1', ['Host: a:80'], '400 host-mismatch'],
    ['GET http://a:x/ HTTP/1.1', ['Host: a'], '400 host-mismatch'],
    ['GET http://a/ HTTP/1.1', ['X: 1'], '400 host-missing'],
    ['GET http:/// HTTP/1.0', ['X: 1'], '400 host'],
    ['GET http://u@a/ HTTP/1.0', ['X: 1'], '400 host'],
    ['GET http://u@a/ HTTP/1.1', ['Host: a'], '400 host-mismatch'],
    ['GET http:/// HTTP/1.1', ['Host: a'], '400 host-mismatch'],
    ['GET http://a/ HTTP/1.0', ['X: 1'], 'complete'],
    ['GET HTTP://A.b/x HTTP/1.1', ['Host: a.B'], 'complete'],
    ['GET https://a?x HTTP/1.1', ['Host: a'], 'complete'],
  ] as const)('row 21: %s with %j is %s', (line, headers, expected) => {
    expect(lineOutcome(line, ...headers)).toBe(expected);
  });

  it('passes over one empty line before a request, not two', () => {
    expect(lineOutcome('\r\nGET / HTTP/1.1')).toBe('complete');
    expect(lineOutcome('\r\n\r\nGET / HTTP/1.1')).toMatch(/^400 /);
  });
});

describe('upgrades, rows 32 and 33', () => {
  const upgrade = ['Connection: keep-alive, Upgrade', 'Upgrade: WebSocket'];
  it.each([
    ['GET / HTTP/1.1', upgrade, true],
    ['GET / HTTP/1.1', [...upgrade, 'Content-Length: 0'], true],
    ['GET / HTTP/1.1', ['Upgrade: websocket'], false],
    ['GET / HTTP/1.1', ['Connection: upgrade'], false],
    ['GET / HTTP/1.1', ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AA'], false],
    ['GET / HTTP/1.1', ['Connection: upgrade', 'Upgrade: websocket, h2c'], false],
    ['GET / HTTP/1.1', [...upgrade, 'Upgrade: websocket'], false],
    ['GET / HTTP/1.1', [...upgrade, 'Content-Length: 5'], false],
    ['GET / HTTP/1.1', [...upgrade, 'Transfer-Encoding: chunked'], false],
    ['POST / HTTP/1.1', upgrade, false],
    ['GET / HTTP/1.0', upgrade, false],
  ] as const)('%s with %j upgrades: %j', (line, lines, expected) => {
    const { status, head } = parseRequest(headText(line, 'Host: a', ...lines));
    expect(status).toBe('complete');
    expect(head.hasUpgrade).toBe(expected);
  });
});
