import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { Agent, createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { infinittPreset, type ServiceConfig } from '../../../src/index.ts';
import { blockOf, noWorkers, WorkersScene } from '../../support/workers-scene.ts';

const names = ['s1', 's2', 's3'] as const;
const addresses = Array.from({ length: 30 }, (_, index) => `127.0.6.${10 + index}`);

interface Answer {
  readonly body: string;
  readonly cookie: string | undefined;
}

describe.skipIf(noWorkers !== undefined)('every mode in workers', () => {
  let scene: WorkersScene;
  const closers: (() => unknown)[] = [];

  beforeEach(() => {
    scene = new WorkersScene(3);
  });
  afterEach(async () => {
    await scene.close();
    for (const close of closers.splice(0)) close();
  });

  async function webServer(name: string): Promise<{ name: string; host: string; port: number }> {
    const server: Server = createServer((_, response) => response.end(name));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(
      () => server.closeAllConnections(),
      () => server.close(),
    );
    return { name, host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  }

  function fetchFrom(service: string, localAddress: string, cookie?: string): Promise<Answer> {
    const headers = cookie === undefined ? {} : { Cookie: cookie };
    const agent = new Agent({ keepAlive: false });
    const where = { host: '127.0.0.1', port: scene.portOf(service), localAddress, headers, agent };
    return new Promise((resolve, reject) => {
      const asked = request(where, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.on('end', () => {
          resolve({ body, cookie: response.headers['set-cookie']?.[0]?.split(';')[0] });
        });
      });
      asked.on('error', reject).end();
    });
  }

  it('http: a cookie of one worker is good in all, and without it the address is', async () => {
    const servers = await Promise.all(names.map(webServer));
    const web: ServiceConfig = {
      name: 'WEB',
      mode: 'http',
      host: '127.0.0.1',
      port: 0,
      servers,
      persistence: { kind: 'chain', of: [{ kind: 'httpCookie' }, { kind: 'sourceIp' }] },
    };
    await scene.start(web);
    const first = await Promise.all(addresses.map((address) => fetchFrom('WEB', address)));
    // Each cookie from another address, so that the address says something else.
    const moved = await Promise.all(
      first.map(({ cookie }, index) => fetchFrom('WEB', `127.0.7.${10 + index}`, cookie)),
    );
    expect(moved.map(({ body }) => body)).toEqual(first.map(({ body }) => body));
    expect(moved.map(({ cookie }) => cookie)).toEqual(moved.map(() => undefined));
    const again = await Promise.all(addresses.map((address) => fetchFrom('WEB', address)));
    expect(again.map(({ body }) => body)).toEqual(first.map(({ body }) => body));
    await scene.facts.count('exchangeFinished', 3 * addresses.length);
    expect(new Set(scene.facts.of('exchangeFinished').map(blockOf)).size).toBe(3);
    const { exchangesTotal, servers: shown } = scene.balancer.overview().services[0]!.listeners[0]!;
    expect(exchangesTotal).toBe(3 * addresses.length);
    expect(shown.reduce((sum, { sessionsTotal }) => sum + sessionsTotal, 0)).toBe(3 * addresses.length);
  });

  /** Answers every datagram with its name and the port that it came from. */
  async function echoServer(name: string): Promise<{ name: string; host: string; port: number }> {
    const socket = await bound('127.0.0.1');
    socket.on('message', (_bytes, from) => {
      socket.send(`${name} ${from.port}`, from.port, from.address);
    });
    return { name, host: '127.0.0.1', port: socket.address().port };
  }

  async function bound(host: string): Promise<Socket> {
    const socket = createSocket('udp4').bind(0, host);
    await once(socket, 'listening');
    closers.push(() => socket.close());
    return socket;
  }

  /** What a client at that address is answered, one datagram after the other from one port. */
  async function ask(service: string, address: string, count: number): Promise<string[]> {
    const socket = await bound(address);
    const answers: string[] = [];
    for (let index = 0; index < count; index++) {
      const answered = once(socket, 'message') as Promise<[Buffer, { port: number }]>;
      socket.send('who?', scene.portOf(service), '127.0.0.1');
      const [bytes, from] = await answered;
      expect(from.port, 'replies leave from the service').toBe(scene.portOf(service));
      answers.push(String(bytes));
    }
    return answers;
  }

  it('udp: each flow stays with its worker, and each client with its server', async () => {
    const servers = await Promise.all(names.map(echoServer));
    await scene.start({
      name: 'U',
      mode: 'udp',
      host: '127.0.0.1',
      port: 0,
      servers,
      balance: { kind: 'leastConnections' },
      persistence: { kind: 'sourceIp' },
    });
    // Twice from every address, each time from a port of its own.
    const answers = await Promise.all([...addresses, ...addresses].map((address) => ask('U', address, 5)));
    for (const of of answers) expect(new Set(of).size, 'one flow has one port towards its server').toBe(1);
    const server = (of: readonly string[]): string => of[0]!.split(' ')[0]!;
    for (const index of addresses.keys()) {
      expect(server(answers[index]!)).toBe(server(answers[index + addresses.length]!));
    }
    await scene.facts.count('flowOpened', 2 * addresses.length);
    expect(scene.facts.of('flowOpened')).toHaveLength(2 * addresses.length);
    expect(new Set(scene.facts.of('flowOpened').map(blockOf)).size).toBe(3);
    const { sessions, bytesFromClients } = scene.balancer.overview().services[0]!.listeners[0]!;
    expect(sessions).toBe(2 * addresses.length);
    expect(bytesFromClients).toBe(2 * addresses.length * 5 * 4);
  });

  it('the INFINITT preset: one client has one server in all services', async () => {
    const ports = { web: 0, dicom: 0, query: 0, mwl: 0, check: 0 };
    const web = await Promise.all(names.map(webServer));
    const tcp = await Promise.all(names.map((name) => scene.addServer(name, { host: '127.0.0.1' })));
    const udp = await Promise.all(names.map(echoServer));
    const servers = names.map((name, index) => {
      const dicom = tcp[index]!.port;
      return { name, host: '127.0.0.1', ports: { web: web[index]!.port, dicom, query: dicom, mwl: dicom } };
    });
    const { services } = infinittPreset({ vip: '127.0.0.1', ports, servers, workers: 3 });
    const check: ServiceConfig = {
      name: 'CHECK',
      mode: 'udp',
      host: '127.0.0.1',
      port: 0,
      servers: udp,
      persistence: { kind: 'sourceIp', ttlMs: 1_800_000, table: 'clients' },
    };
    await scene.start(...services.filter(({ mode }) => mode !== 'tcp+udp'), check);
    for (const address of addresses) {
      const { text } = await scene.session('DICOM', address);
      const others = await Promise.all([
        fetchFrom('INFINITT_Web', address).then(({ body }) => body),
        scene.session('QUERY', address).then((session) => session.text),
        scene.session('MWL', address).then((session) => session.text),
        ask('CHECK', address, 1).then(([answer]) => answer!.split(' ')[0]!),
      ]);
      expect(others).toEqual([text, text, text, text]);
    }
  });
});
