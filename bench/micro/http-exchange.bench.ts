import { Writable } from 'node:stream';
import type { Connection, ConnectionHandler, Engine } from '../../src/engine/engine.ts';
import { FactEmitter } from '../../src/facts/fact-emitter.ts';
import { httpDefaults, type ResolvedHttpOptions } from '../../src/http/http-options.ts';
import { HttpPath } from '../../src/http/http-path.ts';
import type { AccessLogOptions } from '../../src/records/access-log-options.ts';
import { AccessLog } from '../../src/records/access-log.ts';
import { RecentLog } from '../../src/records/recent-log.ts';
import { IpAddress } from '../../src/model/address.ts';
import { AddressClient } from '../../src/model/client.ts';
import { chain } from '../../src/persistence/chain.ts';
import { httpCookie } from '../../src/persistence/http-cookie.ts';
import { sourceIp } from '../../src/persistence/source-ip.ts';
import { Pool } from '../../src/pool/pool.ts';
import { systemRuntime } from '../../src/runtime/system-runtime.ts';
import { openContext } from '../../src/run/open-context.ts';
import { TrafficCounters } from '../../src/path/traffic-counters.ts';
import type { ServiceEvents } from '../../src/facts/service-events.ts';
import { browserLines } from './browser-lines.ts';
import { measure } from './suite.ts';

/**
 * What one exchange costs the HTTP path in JavaScript, engine and kernel left out: a request of one of 32 kept
 * connections, with the cookie that the first response set, and its response of 19 bytes.
 */
const requests = {
  small: ['GET / HTTP/1.1', 'Host: 127.0.0.1:8080'],
  browser: browserLines,
} as const;
const response = Buffer.from(
  [
    'HTTP/1.1 200 OK',
    'Server: nginx/1.22.1',
    'Date: Sun, 22 Nov 2026 19:51:16 GMT',
    'Content-Type: text/plain',
    'Content-Length: 19',
    'Connection: keep-alive',
    '',
    'hello from a server',
  ].join('\r\n'),
);

/** Stands in for a connection of an engine: takes everything at once. */
class StubConnection implements Connection {
  readonly isOutdated = false;
  handler: ConnectionHandler;
  readonly remoteAddress = new IpAddress().setV4(0x7f00_0001);
  readonly remotePort = 50_000;
  readonly localAddress = new IpAddress().setV4(0x7f00_0001);
  readonly localPort = 80;
  readonly bytesRead = 0;
  bytesWritten = 0;
  readonly unacknowledgedBytes = 0;
  readonly lastActiveMs = performance.now();
  readonly isClosed = false;

  constructor(handler: ConnectionHandler) {
    this.handler = handler;
  }

  write(_bytes: Buffer, start: number, end: number): boolean {
    this.bytesWritten += end - start;
    return true;
  }

  deliver(bytes: Buffer): void {
    bytes.copy(readBuffer);
    this.handler.onData(this, readBuffer, 0, bytes.length);
  }

  hasArrivals(): boolean {
    return false;
  }

  pause(): void {}
  resume(): void {}
  end(): void {}
  close(): void {}
  reset(): void {}
  relay(): void {}
}

const readBuffer = Buffer.allocUnsafeSlow(65_536);
const unclaimed = {} as ConnectionHandler;
/** The one connection to a server, which all exchanges use. */
let server: StubConnection | undefined;

const engine: Engine = {
  name: 'stub',
  connect(_options, handler) {
    const connection = (server = new StubConnection(handler));
    queueMicrotask(() => handler.onConnect(connection));
    return connection;
  },
  listen: () => Promise.reject(new Error('not here')),
  bindUdp: () => Promise.reject(new Error('not here')),
  connectUdp: () => {
    throw new Error('not here');
  },
  close: () => Promise.resolve(),
};

const persistence = chain(httpCookie(), sourceIp());
const facts = new FactEmitter<ServiceEvents>();
const context = openContext({
  options: {
    name: 'bench',
    pool: new Pool({ servers: [1, 2, 3].map((index) => ({ name: `s${index}`, host: `127.0.0.${index}` })) }),
    persistence,
    runtime: systemRuntime,
  },
  bound: { host: '127.0.0.1', port: 80 },
  engine,
  quickAck: false,
  facts,
  counters: new TrafficCounters(),
  sessionEnded: () => undefined,
  abortServer: () => undefined,
});
const options: ResolvedHttpOptions = {
  ...httpDefaults,
  maxRequestsPerConnection: Infinity,
  fallback: undefined,
};
const path = new HttpPath(context, options);
const clients = Array.from({ length: 32 }, () => {
  const client = new StubConnection(unclaimed);
  path.onAccept(client);
  return client;
});

/** As the first response of a server would set it. */
function cookieOf(server: string): string {
  const nobody = new AddressClient(new IpAddress(), 0, new IpAddress(), 80);
  const [cookies] = persistence.strategies;
  return cookies?.setCookie?.(nobody, server, context.selector.now())?.split(';')[0] ?? '';
}

/** Each request goes to a server, and its response comes back, before the next one begins. */
function exchangeOf(lines: readonly string[]): () => void {
  const bytes = Buffer.from([...lines, `Cookie: ${cookieOf('s2')}`, '', ''].join('\r\n'));
  let turn = 0;
  return () => {
    clients[turn++ % clients.length]?.deliver(bytes);
    server?.deliver(response);
  };
}

// The first one connects.
const bytes = Buffer.from([...requests.small, `Cookie: ${cookieOf('s2')}`, '', ''].join('\r\n'));
clients[0]?.deliver(bytes);
await Promise.resolve();
server?.deliver(response);
if (context.counters.exchangesTotal !== 1)
  throw new Error('The exchange of this benchmark did not go through');

measure(
  'HTTP exchange over kept connections',
  Object.entries(requests).map(([name, lines]) => ({ name, run: exchangeOf(lines) })),
);

// The event loop does not turn here, so all lines wait.
const toNowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
const logs = { record: () => undefined, json: toNowhere, haproxy: toNowhere } as const;
for (const [name, to] of Object.entries(logs)) {
  const format = name === 'haproxy' ? 'haproxy' : 'json';
  const log = new AccessLog(facts, systemRuntime, { to, format, maxBufferedBytes: 2 ** 30 });
  measure(`The same with an access log: ${name}`, [{ name: 'small', run: exchangeOf(requests.small) }]);
  await log.close();
}
const source = {
  on: facts.on.bind(facts),
  off: facts.off.bind(facts),
  accessLog: (options: AccessLogOptions) => new AccessLog(facts, systemRuntime, options),
  overview: () => ({ services: [] }),
};
const recent = new RecentLog(source, systemRuntime.clock, 500);
measure('The same with the last records kept', [{ name: 'small', run: exchangeOf(requests.small) }]);
recent.close();
path.abort('stopped');
process.exit(0);
