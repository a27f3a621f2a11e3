import { describe, expect, it } from 'vitest';
import {
  headSlackBytes,
  writeRequestHead,
  writeResponseHead,
  type RequestEdits,
  type ResponseEdits,
} from '../../../../src/http/codec/head-writer.ts';
import { encodeHeaderLine } from '../../../../src/http/codec/header-line.ts';
import { ResponseHead } from '../../../../src/http/codec/response-head.ts';
import { bytesOf, headText, parseRequest, plainEdits, rewritten } from './exchange-text.ts';

const base = ['GET /a HTTP/1.1', 'Host: a'];

/** The header lines that a server gets beside {@link base}. */
function forwarded(lines: readonly string[], edits: Partial<RequestEdits> = {}): string[] {
  const parsed = parseRequest(headText(...base, ...lines));
  expect(parsed.status).toBe('complete');
  const text = rewritten(parsed, { ...plainEdits, ...edits });
  expect(text.startsWith(`${base.join('\r\n')}\r\n`)).toBe(true);
  expect(text.endsWith('\r\n\r\n')).toBe(true);
  return text.slice(0, -4).split('\r\n').slice(base.length);
}

describe('writeRequestHead', () => {
  it('copies what has no meaning to a proxy byte by byte', () => {
    const lines = [
      'aCCept:\ttext/html  ',
      'X:',
      'X: \xe9',
      'Content-Length:  5',
      'Authorization: Basic eA==',
      'Expect: 100-continue',
    ];
    expect(forwarded(lines)).toEqual(lines);
  });

  it.each([
    '/a/../b',
    '/%2e%2e/%2f',
    '//',
    '/\\',
    '/;x',
    '/%00',
    '/%c0%af',
    '/?a=b?c\'"<>{}|^`',
    '/:@!$&()*+,',
  ])('row 22: forwards the path %j as it came', (target) => {
    const parsed = parseRequest(headText(`GET ${target} HTTP/1.1`, 'Host: a'));
    expect(parsed.status).toBe('complete');
    expect(rewritten(parsed)).toBe(headText(`GET ${target} HTTP/1.1`, 'Host: a'));
  });

  it('row 32: drops what is for one hop only', () => {
    const lines = [
      'Connection: keep-alive',
      'Keep-Alive: 5',
      'Proxy-Connection: x',
      'TE: trailers',
      'Trailer: X',
      'Upgrade: h2c',
      'HTTP2-Settings: AA',
      'A: 1',
    ];
    expect(forwarded(lines)).toEqual(['A: 1']);
  });

  it('row 35: drops what Connection nominates', () => {
    expect(
      forwarded([
        'X-Hop: 1',
        'connection: close, x-HOP ,y',
        'Y: 2',
        'Connection: z',
        'Z: 3',
        'X-Hop: 4',
        'X-Hop2: 5',
      ]),
    ).toEqual(['X-Hop2: 5']);
  });

  it('row 35: nobody nominates away what the server relies on', () => {
    const kept = ['Cookie: SRV=1', 'Authorization: x', 'Content-Length: 5', 'X-Forwarded-For: 1.2.3.4'];
    const nominations =
      'Connection: close, X-Forwarded-For, Cookie, Host, Authorization, Content-Length, Forwarded';
    expect(forwarded([nominations, ...kept], { forwardedFor: 'append' })).toEqual(kept);
  });

  it('row 35: drops first and adds then', () => {
    const append = [encodeHeaderLine('X-Forwarded-For', '10.0.0.9')];
    expect(forwarded(['Connection: X-Forwarded-For', 'X-Forwarded-For: 1.2.3.4'], { append })).toEqual([
      'X-Forwarded-For: 10.0.0.9',
    ]);
  });

  const claims = [
    'X-Forwarded-For: 1.2.3.4',
    'X-FORWARDED-FOR: 5',
    'x-forwarded-proto: https',
    'X-Forwarded-Port: 1',
    'X-Forwarded-Host: h',
    'X-Real-IP: 1',
    'Forwarded: for=1',
    ...['Server', 'Prefix', 'Ssl', 'User', 'Client-Cert', 'x'].map((name) => `x-Forwarded-${name}: 1`),
    ...[
      'X-Client-IP: 1',
      'True-Client-IP: 1',
      'CF-Connecting-IP: 1',
      'X-Original-URL: /admin',
      'X-Rewrite-URL: /',
    ],
  ];
  const aliases = [
    'X_Forwarded_For: 6',
    'X-Forwarded_For: 7',
    'x_forwarded-proto: 8',
    'X_Real_IP: 9',
    'X_Forwarded_Server: 10',
    'X-Forwarded-Client_Cert: 11',
    'X_Original-URL: 12',
    'Transfer_Encoding: chunked',
    'Content_Length: 5',
  ];

  it('row 36: replaces what clients say about where they come from, underscore spellings included', () => {
    const append = [
      encodeHeaderLine('X-Forwarded-For', '10.0.0.9'),
      encodeHeaderLine('X-Forwarded-Port', '80'),
    ];
    expect(forwarded([...claims, 'A: 1', ...aliases], { append })).toEqual([
      'A: 1',
      'X-Forwarded-For: 10.0.0.9',
      'X-Forwarded-Port: 80',
    ]);
  });

  it('row 36: appends to what trusted proxies say, underscore spellings excluded', () => {
    expect(forwarded([...claims, ...aliases], { forwardedFor: 'append' })).toEqual(claims);
  });

  it('row 36: leaves alone what only looks like them', () => {
    const others = [
      'X-Forwarded-: 1',
      'X-Forwarde-Server: 1',
      'XX-Forwarded-For: 1',
      'X-Original-Filename: 1',
      'X: 1',
    ];
    expect(forwarded(others)).toEqual(others);
  });

  it('row 36: 120 of them', () => {
    expect(forwarded(Array.from({ length: 120 }, (_, index) => `X-Forwarded-For: ${index}`))).toEqual([]);
  });

  it.each([
    ['a=1; SRV=x; b=2', 'a=1; b=2'],
    ['SRV=x; b=2', 'b=2'],
    ['a=1; SRV=x', 'a=1'],
    ['SRV=x;a=1;SRV=y ; b=2', 'a=1; b=2'],
    ['a="x y" ;SRV=;b', 'a="x y" ;b'],
    ['SRV=x', undefined],
    ['SRV=x; SRV=y', undefined],
    [';SRV=x; a=1', 'a=1'],
    [' ; SRV=x;', undefined],
    ['XSRV=x; SRVX=y; srv=z; SRV', 'XSRV=x; SRVX=y; srv=z; SRV'],
    ['', ''],
    ['SRV~=x', 'SRV=x'],
    ['SRV=x; a=1;SRV~~ =y; SRV~=z;SRV=w', 'a=1;SRV~ =y; SRV=z'],
    ['SRV~; SRV ~=x; SRV~x=y', 'SRV~; SRV ~=x; SRV~x=y'],
  ])('row 38: removes the persistence cookie from %j', (value, expected) => {
    const lines = [`Cookie: ${value}`, 'A: 1'];
    expect(forwarded(lines, { ownCookies: [bytesOf('SRV')] })).toEqual(
      expected === undefined ? ['A: 1'] : [`Cookie: ${expected}`, 'A: 1'],
    );
  });

  it('row 39: leaves Cookie lines without it untouched', () => {
    const lines = ['cookie:a=1', 'Cookie: SRV=x', 'COOKIE:  b=2;c=3 ', 'Cookie: d=4;SRV=y'];
    const ownCookies = [bytesOf('other'), bytesOf('SRV')];
    expect(forwarded(lines, { ownCookies })).toEqual(['cookie:a=1', 'COOKIE:  b=2;c=3 ', 'Cookie: d=4']);
    expect(forwarded(lines)).toEqual(lines);
  });

  it('writes Transfer-Encoding anew', () => {
    expect(forwarded(['transfer-ENCODING:\tChunked '])).toEqual(['Transfer-Encoding: chunked']);
  });

  it.each([
    ['keepAlive', ['Connection: keep-alive']],
    ['close', ['Connection: close']],
    ['none', []],
  ] as const)('writes Connection as told: %s', (connection, expected) => {
    expect(forwarded(['Connection: close, X'], { connection })).toEqual(expected);
  });

  it('keeps the Upgrade header of an upgrade', () => {
    const lines = ['Connection: keep-alive, Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: x'];
    expect(forwarded(lines, { connection: 'upgrade' })).toEqual([...lines.slice(1), 'Connection: Upgrade']);
    expect(forwarded(lines)).toEqual([lines[2]]);
  });

  it.each([
    ['GET http://a/b?c HTTP/1.1', 'GET /b?c HTTP/1.1'],
    ['GET HTTP://A HTTP/1.1', 'GET / HTTP/1.1'],
    ['GET https://a?c=/d HTTP/1.1', 'GET /?c=/d HTTP/1.1'],
    ['OPTIONS http://a HTTP/1.1', 'OPTIONS * HTTP/1.1'],
    ['OPTIONS http://a/ HTTP/1.1', 'OPTIONS / HTTP/1.1'],
    ['OPTIONS * HTTP/1.1', 'OPTIONS * HTTP/1.1'],
    ['\r\nGET / HTTP/1.0', 'GET / HTTP/1.0'],
  ])('row 21: writes %j as %j', (line, expected) => {
    expect(rewritten(parseRequest(headText(line, 'Host: a')))).toBe(headText(expected, 'Host: a'));
  });

  it.each([
    ['GET http://a.b:80/c HTTP/1.0', 'GET /c HTTP/1.0', ['Host: a.b:80']],
    ['GET http://a HTTP/1.0', 'GET / HTTP/1.0', ['Host: a']],
  ])('writes the host of %j, which has none, to where a server looks for it', (line, expected, lines) => {
    expect(rewritten(parseRequest(headText(line, 'A: 1')))).toBe(headText(expected, ...lines, 'A: 1'));
  });

  it('writes HTTP/1.1 for what is later', () => {
    expect(rewritten(parseRequest(headText('GET / HTTP/1.7', 'Host: a')))).toBe(
      headText('GET / HTTP/1.1', 'Host: a'),
    );
    expect(rewritten(parseRequest(headText('GET http://a HTTP/1.2', 'Host: a')))).toBe(
      headText('GET / HTTP/1.1', 'Host: a'),
    );
  });

  it.each([
    ['OPTIONS', 'Max-Forwards: 10', 'Max-Forwards: 9'],
    ['OPTIONS', 'max-forwards:01 ', 'max-forwards:0 '],
    ['OPTIONS', `Max-Forwards: ${'9'.repeat(20)}`, 'Max-Forwards: 999999999999998'],
    ['GET', 'Max-Forwards: 10', 'Max-Forwards: 10'],
  ])('counts %s with %j down', (method, line, expected) => {
    const first = [`${method} / HTTP/1.1`, 'Host: a'];
    expect(rewritten(parseRequest(headText(...first, line, 'B: 2')))).toBe(
      headText(...first, expected, 'B: 2'),
    );
  });

  it('answers -1 and writes nothing where the room might not do', () => {
    const { bytes, head } = parseRequest(headText(...base));
    const append = [encodeHeaderLine('A', '1')];
    const enough = bytes.length + append[0]!.length + headSlackBytes;
    const small = Buffer.alloc(enough - 1);
    expect(writeRequestHead(small, bytes, head, { ...plainEdits, append })).toBe(-1);
    expect(small.every((value) => value === 0)).toBe(true);
    expect(writeRequestHead(Buffer.alloc(enough), bytes, head, { ...plainEdits, append })).toBeGreaterThan(0);
  });
});

describe('writeResponseHead', () => {
  const plain: ResponseEdits = {
    connection: 'none',
    append: [],
    ownCookies: [],
    isUncacheable: false,
    isUntilClose: false,
  };

  function relayed(
    line: string,
    lines: readonly string[],
    edits: Partial<ResponseEdits> = {},
    head = new ResponseHead(),
  ): string[] {
    const bytes = bytesOf(headText(line, ...lines));
    expect(head.parse(bytes, 0, bytes.length, false)).toBe('complete');
    const out = Buffer.alloc(64 * 1024);
    const text = out.toString('latin1', 0, writeResponseHead(out, bytes, head, { ...plain, ...edits }));
    expect(text.endsWith('\r\n\r\n')).toBe(true);
    return text.slice(0, -4).split('\r\n');
  }

  it('copies what has no meaning to a proxy byte by byte', () => {
    const lines = [
      'Set-Cookie: a=1',
      'set-cookie:b',
      'Content-Length: 5',
      'X-Real-IP: 1',
      'Cookie: x',
      'Date: now',
    ];
    expect(relayed('HTTP/1.1 200 OK', lines)).toEqual(['HTTP/1.1 200 OK', ...lines]);
  });

  it.each([
    ['HTTP/1.0 404 Not Found', 'HTTP/1.1 404 Not Found'],
    ['HTTP/1.1 200', 'HTTP/1.1 200 '],
    ['HTTP/1.2 200 OK', 'HTTP/1.1 200 OK'],
    ['HTTP/1.1 200 ', 'HTTP/1.1 200 '],
    ['HTTP/1.1 200  \xe9', 'HTTP/1.1 200  \xe9'],
  ])('writes %j as %j', (line, expected) => {
    expect(relayed(line, ['Content-Length: 0'])[0]).toBe(expected);
  });

  it('drops what is for one hop only, and what Connection nominates', () => {
    const lines = [
      'Connection: close, X-Hop',
      'X-Hop: 1',
      'Keep-Alive: 5',
      'Proxy-Connection: x',
      'Trailer: X',
      'Upgrade: h2c',
      'A: 1',
    ];
    expect(relayed('HTTP/1.1 200 OK', lines, { connection: 'keepAlive' })).toEqual([
      'HTTP/1.1 200 OK',
      'A: 1',
      'Connection: keep-alive',
    ]);
  });

  it('row 38: a response that sets the persistence cookie is not for shared caches', () => {
    const append = [encodeHeaderLine('Set-Cookie', 'SRV=x; Path=/; HttpOnly')];
    expect(
      relayed('HTTP/1.1 200 OK', ['Cache-Control: public, max-age=60'], { append, isUncacheable: true }),
    ).toEqual([
      'HTTP/1.1 200 OK',
      'Cache-Control: public, max-age=60',
      'Cache-Control: private',
      'Set-Cookie: SRV=x; Path=/; HttpOnly',
    ]);
  });

  it('writes Transfer-Encoding anew, and not at all where the body goes on until close', () => {
    const lines = ['TRANSFER-encoding:  chunked'];
    expect(relayed('HTTP/1.1 200 OK', lines)).toEqual(['HTTP/1.1 200 OK', 'Transfer-Encoding: chunked']);
    expect(relayed('HTTP/1.1 200 OK', lines, { isUntilClose: true, connection: 'close' })).toEqual([
      'HTTP/1.1 200 OK',
      'Connection: close',
    ]);
  });

  it.each([
    ['SRV=x; Path=/', 'SRV~=x; Path=/'],
    ['  SRV = x', '  SRV~ = x'],
    ['SRV=', 'SRV~='],
    ['SRV~~=x', 'SRV~~~=x'],
    ['srv=x', 'srv=x'],
    ['SRVX=x', 'SRVX=x'],
    ['XSRV=x', 'XSRV=x'],
    ['SRV', 'SRV'],
    ['a=b; SRV=x', 'a=b; SRV=x'],
    ['SRV; a=b', 'SRV; a=b'],
    ['', ''],
  ])('row 38: marks a cookie of a server that has the name of an own one: %j', (value, expected) => {
    const ownCookies = [bytesOf('other'), bytesOf('SRV')];
    const lines = (text: string): string[] => ['A: SRV=1', `set-COOKIE:${text}`, 'Content-Length: 5'];
    const given = lines(value);
    for (const line of ['HTTP/1.1 200 OK', 'HTTP/1.1 103 Early Hints']) {
      const framed = line.includes('103') ? -1 : 3;
      expect(relayed(line, given, { ownCookies })).toEqual([line, ...lines(expected).slice(0, framed)]);
      expect(relayed(line, given)).toEqual([line, ...given.slice(0, framed)]);
    }
  });

  it.each(['HTTP/1.1 204 No Content', 'HTTP/1.1 103 Early Hints'])(
    'row 27: drops framing headers of %s',
    (line) => {
      expect(relayed(line, ['Content-Length: 0', 'A: 1'])).toEqual([line, 'A: 1']);
      expect(relayed(line, ['Transfer-Encoding: chunked', 'A: 1'])).toEqual([line, 'A: 1']);
    },
  );

  it('passes on one length, and none beside chunks, where it is lenient', () => {
    const lenient = new ResponseHead({}, 'lenient');
    const lines = ['Content-Length: 5', 'A: 1', 'content-length:5'];
    expect(relayed('HTTP/1.1 200 OK', lines, {}, lenient)).toEqual(['HTTP/1.1 200 OK', ...lines.slice(0, 2)]);
    const both = [...lines, 'Transfer-Encoding: chunked'];
    expect(relayed('HTTP/1.1 200 OK', both, {}, lenient)).toEqual(['HTTP/1.1 200 OK', 'A: 1', both[3]]);
  });

  it.each([
    ['0005', '5'],
    ['0000 ', '0 '],
    ['0', '0'],
    ['50', '50'],
  ])('writes the length %j as %j', (value, expected) => {
    expect(relayed('HTTP/1.1 200 OK', [`Content-Length: ${value}`, 'A: 0'])).toEqual([
      'HTTP/1.1 200 OK',
      `Content-Length: ${expected}`,
      'A: 0',
    ]);
  });

  it('row 27: keeps what 304 says about the body it does not have', () => {
    const lines = ['Content-Length: 5', 'ETag: "x"'];
    expect(relayed('HTTP/1.1 304 Not Modified', lines)).toEqual(['HTTP/1.1 304 Not Modified', ...lines]);
  });

  it('keeps the Upgrade header of a 101', () => {
    const line = 'HTTP/1.1 101 Switching Protocols';
    expect(relayed(line, ['Upgrade: websocket', 'Connection: Upgrade'], { connection: 'upgrade' })).toEqual([
      line,
      'Upgrade: websocket',
      'Connection: Upgrade',
    ]);
  });

  it('answers -1 where the room might not do', () => {
    const bytes = bytesOf(headText('HTTP/1.1 200 OK'));
    const head = new ResponseHead();
    head.parse(bytes, 0, bytes.length, false);
    expect(writeResponseHead(Buffer.alloc(bytes.length + headSlackBytes - 1), bytes, head, plain)).toBe(-1);
  });
});

describe('encodeHeaderLine, row 28', () => {
  it('encodes a line', () => {
    expect(encodeHeaderLine('X-A', 'b \xe9').toString('latin1')).toBe('X-A: b \xe9\r\n');
  });

  it.each(['a\rb', 'a\nb', 'a\r\nX: y', 'a\0', '\x7f', '\u010d\u010a', '\u{1f600}'])(
    'refuses the value %j',
    (value) => {
      expect(() => encodeHeaderLine('X', value)).toThrow(RangeError);
    },
  );

  it.each(['', 'a b', 'a:', 'a\r\n', '\xe9', '\u0141'])('refuses the name %j', (name) => {
    expect(() => encodeHeaderLine(name, 'x')).toThrow(RangeError);
  });
});
