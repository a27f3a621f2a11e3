import Benchmark from 'benchmark';
import { NamedCookies } from '../../src/http/codec/cookies.ts';
import { writeRequestHead, type RequestEdits } from '../../src/http/codec/head-writer.ts';
import { encodeHeaderLine } from '../../src/http/codec/header-line.ts';
import { RequestHead } from '../../src/http/codec/request-head.ts';
import { browserLines } from './browser-lines.ts';

/** What one request costs the codec: parse, look the cookie up, write the head for the server. */
const requests = {
  small: ['GET /index.html HTTP/1.1', 'Host: 127.0.0.1:8080', 'User-Agent: wrk', 'Accept: */*'],
  browser: [...browserLines, 'Cookie: JSESSIONID=0A1B2C3D4E5F60718293A4B5C6D7E8F9; SRV=k3b9x2; lang=en'],
} as const;

const cookieName = Buffer.from('SRV');
const edits: RequestEdits = {
  connection: 'none',
  forwardedFor: 'replace',
  ownCookies: [cookieName],
  append: [encodeHeaderLine('X-Forwarded-For', '192.168.85.20')],
};
const cookies = new NamedCookies();
const head = new RequestHead();
const out = Buffer.alloc(32 * 1024);

function parse(bytes: Buffer): void {
  const status = head.parse(bytes, 0, bytes.length);
  if (status !== 'complete')
    throw new Error(`The request of this benchmark is not valid: ${JSON.stringify(status)}`);
}

const suite = new Benchmark.Suite();
for (const [name, lines] of Object.entries(requests)) {
  const bytes = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
  suite.add(`${name} (${bytes.length} bytes): parse`, () => parse(bytes));
  suite.add(`${name} (${bytes.length} bytes): parse, cookie, rewrite`, () => {
    parse(bytes);
    cookies.read(bytes, head, cookieName);
    if (writeRequestHead(out, bytes, head, edits) === -1) throw new Error('The output is too small');
  });
}
suite.on('cycle', (event: Benchmark.Event) => {
  const { name = '', hz = 0 } = event.target;
  console.log(`${name}: ${(1e9 / hz).toFixed(0)} ns`);
});
suite.run();
