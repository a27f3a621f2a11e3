import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { ControlClient } from '../../src/control/control-client.ts';
import type { LogEntry } from '../../src/records/log-entry.ts';

/** As the admin server sends it. */
const contentPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; " +
  "frame-ancestors 'none'; base-uri 'none'";

const files: Readonly<Record<string, readonly [string, string]>> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
};

/** Who may log in, with which password. */
export interface PageUser {
  password: string;
  readonly role: 'viewer' | 'operator' | 'admin';
  mustChangePassword?: boolean;
}

/** Passwords of development: the server is on loopback, and knows nothing of anybody. */
export function developmentUsers(): Record<string, PageUser> {
  return {
    mkim: { password: 'mkim', role: 'admin' },
    slee: { password: 'slee', role: 'operator' },
    guest: { password: 'guest', role: 'viewer' },
    fresh: { password: 'fresh', role: 'admin', mustChangePassword: true },
  };
}

interface PageSession {
  readonly user: string;
  readonly csrf: string;
}

/** Serves the built page and the routes of a control socket, as the admin server does. For development and tests alone. */
export class PageServer {
  readonly users = developmentUsers();
  readonly #socketPath: string;
  readonly #control: ControlClient;
  readonly #server: Server;
  readonly #sessions = new Map<string, PageSession>();
  readonly #entries: LogEntry[] = [];
  readonly #streams = new Set<ServerResponse>();
  readonly #heard = new AbortController();
  #told: NodeJS.Timeout | undefined = undefined;
  #every: NodeJS.Timeout | undefined = undefined;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
    this.#control = new ControlClient(socketPath);
    this.#server = createServer((incoming, response) => {
      this.#serve(incoming, response).catch((error: unknown) => response.destroy(error as Error));
    });
  }

  /** @returns the page's address */
  async listen(port = 0): Promise<string> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    const follow = { about: 'state', follow: 'true' };
    const onProgress = (entry: unknown): void => this.hear(entry as LogEntry);
    void this.#control
      .follow('GET', '/v1/log', follow, { onProgress, signal: this.#heard.signal })
      .catch(() => undefined);
    this.#every = setInterval(() => void this.#tellOverview(), 1000);
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** Every stream breaks, and no other comes until `restore`. */
  loseConnections(): void {
    this.#isLost = true;
    this.#server.closeAllConnections();
  }

  restore(): void {
    this.#isLost = false;
  }

  #isLost = false;

  async close(): Promise<void> {
    clearInterval(this.#every);
    clearTimeout(this.#told);
    this.#heard.abort();
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** An entry of the log, from the balancer or from a test. */
  hear(entry: LogEntry): void {
    this.#entries.push(entry);
    for (const stream of this.#streams) stream.write(entryEvent(entry, this.#entries.length));
    this.#told ??= setTimeout(() => {
      this.#told = undefined;
      void this.#tellOverview();
    }, 100);
  }

  async #tellOverview(): Promise<void> {
    if (this.#streams.size === 0) return;
    const text = await this.#overviewEvent();
    for (const stream of this.#streams) stream.write(text);
  }

  async #overviewEvent(): Promise<string> {
    const overview = (await this.#control.get('/v1/overview')) as object;
    return `event: overview\ndata: ${JSON.stringify({ ...overview, nowMs: Date.now() })}\n\n`;
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#isLost) {
      incoming.socket.destroy();
      return;
    }
    response.setHeader('Content-Security-Policy', contentPolicy);
    const { pathname } = new URL(incoming.url ?? '/', 'http://page');
    const file = files[pathname];
    if (file !== undefined) {
      const bytes = readFileSync(new URL(`../../dist/page/${file[0]}`, import.meta.url));
      response.setHeader('Content-Type', file[1]).end(bytes);
    } else if (/^\/v1\/session(\/|$)/u.test(pathname)) await this.#session(pathname, incoming, response);
    else await this.#route(pathname, incoming, response);
  }

  async #session(path: string, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const found = this.#sessionOf(incoming);
    if (path === '/v1/session' && incoming.method === 'POST') {
      const { user, password } = (await readJson(incoming)) as { user: string; password: string };
      if (this.users[user]?.password !== password) {
        answer(response, 401, { error: { code: 'SLUICE_ERR_PERMISSION', message: 'No' } });
        return;
      }
      const id = randomUUID();
      const session = { user, csrf: randomUUID() };
      this.#sessions.set(id, session);
      response.setHeader('Set-Cookie', `session=${id}; HttpOnly; SameSite=Strict; Path=/`);
      answer(response, 200, this.#describe(session));
    } else if (found === undefined) {
      answer(response, 401, { error: { code: 'SLUICE_ERR_PERMISSION', message: 'Log in' } });
    } else if (path === '/v1/session/password') {
      const { newPassword } = (await readJson(incoming)) as { newPassword: string };
      const { role } = this.users[found.user]!;
      this.users[found.user] = { password: newPassword, role };
      answer(response, 200, {});
    } else if (path === '/v1/session/end') {
      for (const [id, session] of this.#sessions) if (session === found) this.#sessions.delete(id);
      answer(response, 200, {});
    } else answer(response, 200, this.#describe(found));
  }

  #describe({ user, csrf }: PageSession): object {
    const { role, mustChangePassword = false } = this.users[user]!;
    return { user, role, mustChangePassword, csrf, expiresAtMs: Date.now() + 3_600_000, features: [] };
  }

  #sessionOf({ headers }: IncomingMessage): PageSession | undefined {
    const id = /(?:^|; )session=([^;]+)/u.exec(headers.cookie ?? '')?.[1];
    return id === undefined ? undefined : this.#sessions.get(id);
  }

  async #route(path: string, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const session = this.#sessionOf(incoming);
    const isForged = incoming.method === 'POST' && incoming.headers['sluice-csrf'] !== session?.csrf;
    if (session === undefined || isForged) {
      const status = session === undefined ? 401 : 403;
      answer(response, status, { error: { code: 'SLUICE_ERR_PERMISSION', message: 'Not allowed' } });
    } else if (path === '/v1/events') await this.#stream(incoming, response);
    else this.#relay(session.user, incoming, response);
  }

  async #stream({ headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write(await this.#overviewEvent());
    const last = headers['last-event-id'];
    if (last !== undefined)
      this.#entries.slice(Number(last)).forEach((entry, index) => {
        response.write(entryEvent(entry, Number(last) + index + 1));
      });
    this.#streams.add(response);
    response.once('close', () => this.#streams.delete(response));
  }

  #relay(user: string, incoming: IncomingMessage, response: ServerResponse): void {
    const { method, url, headers } = incoming;
    const call = request({
      ...{ socketPath: this.#socketPath, method, path: url, agent: false },
      headers: {
        'Content-Type': headers['content-type'] ?? 'application/json',
        'Sluice-User': encodeURIComponent(user),
        'User-Agent': 'the page',
      },
    });
    call.on('response', (answered) => {
      response.writeHead(answered.statusCode ?? 500, {
        'Content-Type': answered.headers['content-type'] ?? 'text/plain',
      });
      answered.pipe(response);
    });
    call.on('error', () => response.destroy());
    response.once('close', () => call.destroy());
    incoming.pipe(call);
  }
}

function entryEvent(entry: LogEntry, number: number): string {
  return `id: ${number}\nevent: entry\ndata: ${JSON.stringify(entry)}\n\n`;
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

async function readJson(incoming: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
}
