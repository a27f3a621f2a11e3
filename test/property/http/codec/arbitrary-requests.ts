import fc from 'fast-check';

/** Texts of characters 0 to 255, each one byte, that `allowed` matches. */
export function latin1(allowed: RegExp, minLength: number, maxLength: number): fc.Arbitrary<string> {
  const characters = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));
  const unit = fc.constantFrom(...characters.filter((character) => allowed.test(character)));
  return fc.string({ unit, minLength, maxLength });
}

const token = latin1(/[!#$%&'*+\-.^_`|~0-9A-Za-z]/, 1, 20);
const value = latin1(/[\t\x20-\x7e\x80-\xff]/, 0, 40);
const blank = fc.constantFrom('', ' ', '  ', '\t', ' \t ');

/** Headers that mean something to a proxy, and their favourite disguises. */
const knownLine = fc.constantFrom(
  'Host: a',
  'host:b:80',
  'Content-Length: 5',
  'Content-Length: 05',
  'Content-Length: 1e1',
  'Transfer-Encoding: chunked',
  'transfer-encoding:\tCHUNKED ',
  'Transfer-Encoding: gzip, chunked',
  'Transfer_Encoding: chunked',
  'Connection: close',
  'Connection: keep-alive, X, Cookie',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Cookie: a=1; SRV=x; b=2',
  'cookie:SRV=y',
  'X-Forwarded-For: 1.2.3.4',
  'X_Forwarded_For: 1.2.3.4',
  'Expect: 100-continue',
  'TE: trailers',
  'Max-Forwards: 2',
  'X-Forwarded-Host: b',
);

const plainLine = fc
  .tuple(token, blank, value, blank)
  .map(([name, before, text, after]) => `${name}:${before}${text}${after}`);

const requestLine = fc
  .tuple(
    fc.constantFrom('GET', 'POST', 'HEAD', 'OPTIONS', 'M-SEARCH', 'get', 'CONNECT'),
    fc.oneof(
      latin1(/[!-~]/, 0, 30).map((path) => `/${path}`),
      fc.constantFrom('*', 'http://a/b', 'http://a?c', 'http://a:80', 'x', '/é'),
    ),
    fc.constantFrom('1.1', '1.1', '1.1', '1.0', '1.2', '2.0'),
  )
  .map(([method, target, version]) => `${method} ${target} HTTP/${version}`);

/** Requests of which many are valid, and the rest nearly so. */
export const requestText: fc.Arbitrary<string> = fc
  .tuple(
    requestLine,
    fc.array(fc.oneof({ weight: 1, arbitrary: plainLine }, { weight: 2, arbitrary: knownLine }), {
      maxLength: 8,
    }),
    fc.boolean(),
    fc.constantFrom(
      '',
      'hello',
      '5\r\nhello\r\n0\r\n\r\n',
      '5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n',
      'GET /next HTTP/1.1\r\n',
    ),
  )
  .map(([line, headers, hasHost, body]) => {
    const lines = hasHost ? [line, 'Host: a', ...headers] : [line, ...headers];
    return `${lines.join('\r\n')}\r\n\r\n${body}`;
  });

/** Bytes that parsers stumble over. */
const troublesome = fc.constantFrom(
  ...[
    '\r',
    '\n',
    '\r\n',
    '\0',
    ' ',
    '\t',
    ':',
    ';',
    ',',
    '#',
    '\x0b',
    '\x7f',
    '\x80',
    '\xff',
    '0',
    '\r\n\r\n',
  ],
);

/** A text with bytes taken out, put in or exchanged. */
export function mutated(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const change = fc.tuple(fc.nat(), fc.nat(3), fc.oneof(troublesome, latin1(/[^]/, 0, 1)));
  return fc.tuple(text, fc.array(change, { minLength: 1, maxLength: 4 })).map(([original, changes]) =>
    changes.reduce((current, [at, length, inserted]) => {
      const position = at % (current.length + 1);
      return current.slice(0, position) + inserted + current.slice(position + length);
    }, original),
  );
}
