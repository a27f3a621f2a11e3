import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import type { Connection, TcpListener } from '../../src/engine/engine.ts';
import { selectEngine } from '../../src/engine/select-engine.ts';
import { FactEmitter } from '../../src/facts/fact-emitter.ts';
import { resolveHttpOptions, type HttpOptions } from '../../src/http/http-options.ts';
import { HttpPath } from '../../src/http/http-path.ts';
import type { ServerOptions } from '../../src/model/server.ts';
import { OptionReader } from '../../src/base/options.ts';
import { none } from '../../src/persistence/none.ts';
import type { Persistence } from '../../src/persistence/persistence.ts';
import type { PoolOptions } from '../../src/pool/pool-options.ts';
import { Pool } from '../../src/pool/pool.ts';
import { systemRuntime } from '../../src/runtime/system-runtime.ts';
import { openContext } from '../../src/run/open-context.ts';
import type { ServiceEvents } from '../../src/facts/service-events.ts';
import { TrafficCounters } from '../../src/path/traffic-counters.ts';

const host = '127.0.0.1';

/** What a harness opened, to be closed after each test. */
const opened: (() => unknown)[] = [];

/** Closes whatever the functions of this file opened, last first. */
export async function closeAll(): Promise<void> {
  for (const close of opened.splice(0).reverse()) await close();
}

export interface HttpServiceOptions {
  /** Servers `A`, `B`, … on these ports, or in full. */
  readonly servers: readonly (number | ServerOptions)[];
  readonly http?: HttpOptions;
  readonly pool?: Omit<PoolOptions, 'servers'>;
  readonly persistence?: Persistence;
}

/** An HTTP service on loopback, as a listener makes it. */
export interface HttpServiceUnderTest {
  readonly port: number;
  readonly path: HttpPath;
  readonly pool: Pool;
  readonly counters: TrafficCounters;
  readonly facts: FactEmitter<ServiceEvents>;
  /** The client connections accepted, in order. */
  readonly accepted: readonly Connection[];
  /** Every fact of one kind from now on. */
  record<Name extends keyof ServiceEvents>(name: Name): ServiceEvents[Name][];
  /** Leases held now, over all servers. */
  readonly leases: number;
}

export async function openHttpService(options: HttpServiceOptions): Promise<HttpServiceUnderTest> {
  const engine = selectEngine('auto', systemRuntime).engine;
  const facts = new FactEmitter<ServiceEvents>();
  const counters = new TrafficCounters();
  const pool = new Pool({ ...options.pool, servers: options.servers.map(serverOptions) });
  const accepted: Connection[] = [];
  let path: HttpPath | undefined = undefined;
  const bound: TcpListener = await engine.listen(
    { host, port: 0 },
    {
      onAccept: (connection) => {
        accepted.push(connection);
        path?.onAccept(connection);
      },
    },
  );
  const context = openContext({
    options: { name: 'WEB', pool, persistence: options.persistence ?? none(), runtime: systemRuntime },
    bound,
    engine,
    quickAck: false,
    facts,
    counters,
    sessionEnded: () => undefined,
    abortServer: (server) => path?.abort('server-down', server),
  });
  const reader = new OptionReader('http', options.http ?? {});
  const resolved = resolveHttpOptions(reader);
  reader.finish();
  const made = new HttpPath(context, resolved);
  path = made;
  opened.push(async () => {
    pool.detach();
    await bound.close();
    made.abort('stopped');
    await made.drain();
    await engine.close();
  });
  return {
    port: bound.port,
    path: made,
    pool,
    counters,
    facts,
    accepted,
    record: (name) => {
      const seen: never[] = [];
      facts.on(name, (fact) => seen.push(fact as never));
      return seen;
    },
    get leases() {
      return pool.servers.reduce((sum, server) => sum + server.sessions, 0);
    },
  };
}

function serverOptions(server: number | ServerOptions, index: number): ServerOptions {
  if (typeof server !== 'number') return server;
  return { name: String.fromCharCode(65 + index), host, port: server };
}

/** A real HTTP server; answers `handler`, or its name. */
export async function openHttpServer(handler: http.RequestListener | string): Promise<{
  readonly port: number;
  readonly server: http.Server;
  readonly requests: http.IncomingMessage[];
}> {
  const requests: http.IncomingMessage[] = [];
  const server = http.createServer({ keepAliveTimeout: 30_000 }, (request, response) => {
    requests.push(request);
    if (typeof handler === 'string') {
      request.resume();
      response.end(handler);
    } else handler(request, response);
  });
  await listen(server);
  opened.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: portOf(server), server, requests };
}

/** What a raw server has of one connection. */
export interface RawConnection {
  readonly socket: net.Socket;
  /** Everything received so far, as Latin-1. */
  received: string;
}

/** A server that speaks bytes: `onData` is called after each piece that arrived. */
export async function openRawServer(
  onData: (connection: RawConnection, piece: string) => void,
): Promise<{ readonly port: number; readonly server: net.Server; readonly connections: RawConnection[] }> {
  const connections: RawConnection[] = [];
  const server = net.createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    const connection = { socket, received: '' };
    connections.push(connection);
    socket.on('error', () => undefined);
    socket.on('end', () => socket.end());
    socket.on('data', (bytes) => {
      const piece = bytes.toString('latin1');
      connection.received += piece;
      onData(connection, piece);
    });
  });
  await listen(server);
  opened.push(() => {
    for (const { socket } of connections) socket.destroy();
    server.close();
  });
  return { port: portOf(server), server, connections };
}

/** A client that speaks bytes. */
export class RawClient {
  readonly socket: net.Socket;
  /** Everything received so far, as Latin-1. */
  received = '';
  /** `end` after FIN, an error's code after a reset, undefined while open. */
  ending: string | undefined = undefined;
  #waiting: (() => void)[] = [];

  private constructor(socket: net.Socket) {
    this.socket = socket;
    socket.on('data', (bytes) => {
      this.received += bytes.toString('latin1');
      this.#wake();
    });
    socket.on('end', () => this.#ended('end'));
    socket.on('error', (error: NodeJS.ErrnoException) => this.#ended(error.code ?? 'error'));
    socket.on('close', () => this.#ended('close'));
  }

  static async connect(port: number, options: Partial<net.TcpNetConnectOpts> = {}): Promise<RawClient> {
    const socket = net.connect({ port, host, noDelay: true, ...options });
    const client = new RawClient(socket);
    opened.push(() => socket.destroy());
    await once(socket, 'connect');
    return client;
  }

  send(text: string): this {
    this.socket.write(text, 'latin1');
    return this;
  }

  /** Waits until so much was received that the condition holds; fails if the connection ends before. */
  async until(condition: string | ((received: string) => boolean)): Promise<string> {
    const holds = typeof condition === 'string' ? (text: string) => text.includes(condition) : condition;
    while (!holds(this.received)) {
      if (this.ending !== undefined)
        throw new Error(`ended (${this.ending}) after: ${this.received.slice(-300)}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return this.received;
  }

  /** Waits for the end of the connection. @returns how it ended */
  async ended(): Promise<string> {
    while (this.ending === undefined) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.ending;
  }

  /** Sends one request and waits for a response with a `Content-Length` or without a body. */
  async ask(request: string): Promise<string> {
    const start = this.received.length;
    this.send(request);
    await this.until((text) => isWhole(text.slice(start)));
    return this.received.slice(start);
  }

  #ended(how: string): void {
    this.ending ??= how;
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

function isWhole(response: string): boolean {
  const headEnd = response.indexOf('\r\n\r\n');
  if (headEnd < 0) return false;
  const head = response.slice(0, headEnd);
  if (/transfer-encoding: chunked/i.test(head)) return response.endsWith('0\r\n\r\n');
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
  return response.length >= headEnd + 4 + length;
}

/** A response as `node:http` reads it. */
export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Asks with `node:http`. */
export async function fetchFrom(
  port: number,
  options: http.RequestOptions = {},
  body?: Buffer,
): Promise<Answer> {
  const request = http.request({ host, port, ...options });
  request.end(body);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece as Buffer);
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces) };
}

/** A GET as a browser would send it, with these header lines. */
export function get(target: string, ...lines: string[]): string {
  return [`GET ${target} HTTP/1.1`, 'Host: pacs.test', ...lines, '', ''].join('\r\n');
}

/** Waits until a condition holds that no event tells. Fails with what it was after `timeoutMs`. */
export async function eventually(condition: () => boolean, timeoutMs = 5_000): Promise<void> {
  const dueMs = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > dueMs) throw new Error(`never came true: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function listen(server: net.Server): Promise<void> {
  server.listen(0, host);
  await once(server, 'listening');
}

function portOf(server: net.Server): number {
  return (server.address() as AddressInfo).port;
}
