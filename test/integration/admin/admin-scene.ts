import { createHash, scryptSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { Admin, type AdminOptions, type Role } from '../../../src/admin.ts';
import type { Balancer } from '../../../src/index.ts';
import type { TinyServer } from '../../support/tiny-server.ts';
import { BalancerScene, tcpService } from '../balancer/balancer-scene.ts';

/** What every user of a scene has. */
export const password = 'correct horse battery';

/** One request. */
export interface Asked {
  readonly method?: string;
  /** @default as JSON; a text or bytes as they are */
  readonly body?: unknown;
  readonly headers?: OutgoingHttpHeaders;
}

/** One answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  /** Undefined where it is none. */
  readonly json: unknown;
}

/** A hash that costs little, so that tests do not wait for it. */
export function cheapHash(text: string): string {
  const salt = Buffer.from('salt of a test!!');
  const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/u, '');
  const key = scryptSync(text, salt, 32, { N: 2, r: 1, p: 1 });
  return `$scrypt$ln=1,r=1,p=1$${unpadded(salt)}$${unpadded(key)}`;
}

/** A token as scripts send it, of a role. */
export function tokenOf(role: Role): string {
  return `sluice_${role}_of_a_test`;
}

/** Users and tokens `viewer`, `operator` and `admin`. */
export function someUsers(): object {
  const roles = ['viewer', 'operator', 'admin'] as const;
  return {
    users: roles.map((role) => ({ name: role, role, password: cheapHash(password) })),
    tokens: roles.map((role) => ({
      ...{ name: role, role, createdAtMs: 0, expiresAtMs: 4e12, by: 'admin' },
      hash: createHash('sha256').update(tokenOf(role)).digest('hex'),
    })),
  };
}

/** A balancer with a service, and its administration with a user for each role. */
export class AdminScene {
  readonly folder = mkdtempSync(join(tmpdir(), 'sluice-admin-'));
  readonly balancers = new BalancerScene();
  readonly logged: string[] = [];
  #servers: readonly TinyServer[] = [];
  #balancer: Balancer | undefined = undefined;
  #admin: Admin | undefined = undefined;

  get admin(): Admin {
    return this.#admin!;
  }

  get balancer(): Balancer {
    return this.#balancer!;
  }

  get servers(): readonly TinyServer[] {
    return this.#servers;
  }

  get url(): URL {
    return new URL(this.admin.url!);
  }

  async start(): Promise<Balancer> {
    this.#servers = [await this.balancers.addServer('s1'), await this.balancers.addServer('s2')];
    const options = this.#servers.map((server) => server.options);
    this.#balancer = await this.balancers.start(
      tcpService('DICOM', options, { persistence: { kind: 'sourceIp' } }),
    );
    return this.#balancer;
  }

  /** @param users of the file; null for none, as at the first start */
  async open(options: Partial<AdminOptions> = {}, users: object | null = someUsers()): Promise<Admin> {
    if (users !== null)
      writeFileSync(join(this.folder, 'users.json'), JSON.stringify(users), { mode: 0o600 });
    const folder = this.folder;
    this.#admin = await Admin.open(this.balancer, { folder, port: 0, ...options });
    return this.#admin;
  }

  /** The audit log, once it has so many lines: they are written after the answer. */
  audited(count: number): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return vi.waitFor(() => {
      const lines = readFileSync(join(this.folder, 'audit.jsonl'), 'utf8').trimEnd().split('\n');
      expect(lines).toHaveLength(count);
      return lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    });
  }

  ask(path: string, asked: Asked = {}): Promise<Answer> {
    return ask(this.url, path, asked);
  }

  /** As a script of a role would. */
  askAs(role: Role, path: string, asked: Asked = {}): Promise<Answer> {
    return this.ask(path, {
      ...asked,
      headers: { authorization: `Bearer ${tokenOf(role)}`, ...asked.headers },
    });
  }

  async logIn(user: string, text = password): Promise<Browser> {
    const answer = await this.ask('/v1/session', { method: 'POST', body: { user, password: text } });
    if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
    return new Browser(this, answer);
  }

  async close(): Promise<void> {
    await this.#admin?.close();
    await this.balancers.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What a browser keeps of a log-in. */
export class Browser {
  readonly #scene: AdminScene;
  readonly cookie: string;
  readonly csrf: string;

  constructor(scene: AdminScene, { headers, json }: Answer) {
    this.#scene = scene;
    this.cookie = headers['set-cookie']![0]!.split(';')[0]!;
    this.csrf = (json as { readonly csrf: string }).csrf;
  }

  get(path: string, headers: OutgoingHttpHeaders = {}): Promise<Answer> {
    return this.#scene.ask(path, { headers: { cookie: this.cookie, ...headers } });
  }

  post(path: string, body: unknown = {}, headers: OutgoingHttpHeaders = {}): Promise<Answer> {
    const own = { cookie: this.cookie, 'sluice-csrf': this.csrf };
    return this.#scene.ask(path, { method: 'POST', body, headers: { ...own, ...headers } });
  }
}

/** Sends one request on a connection of its own, with a path that nothing makes neater. */
export function ask(url: URL, path: string, { method = 'GET', body, headers = {} }: Asked): Promise<Answer> {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  const bytes =
    body === undefined ? undefined : isRaw ? Buffer.from(body) : Buffer.from(JSON.stringify(body));
  const type =
    bytes === undefined ? {} : { 'content-type': 'application/json', 'content-length': bytes.length };
  return new Promise((resolve, reject) => {
    const options = {
      host: url.hostname.replaceAll(/[[\]]/gu, ''),
      port: url.port,
      method,
      path,
      agent: false,
    };
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const call = send(
      { ...options, rejectUnauthorized: false, headers: { ...type, ...headers } },
      (response) => {
        void readAnswer(response).then(resolve, reject);
      },
    );
    call.on('error', reject);
    call.end(bytes);
  });
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const isJson = response.headers['content-type'] === 'application/json';
  return {
    ...{ status: response.statusCode ?? 0, headers: response.headers, text },
    json: isJson ? JSON.parse(text) : undefined,
  };
}
