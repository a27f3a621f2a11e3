import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createWebServer, type Server as WebServer } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ControlServer } from '../../src/control/control-server.ts';
import { Balancer, type ServiceConfig } from '../../src/index.ts';
import { PageServer } from './page-server.ts';

/** A machine that answers HTTP on one port and echoes on another. */
class SceneServer {
  readonly name: string;
  readonly host: string;
  readonly #web: WebServer;
  readonly #tcp: Server;
  readonly #sockets = new Set<Socket>();
  webPort = 0;
  tcpPort = 0;

  constructor(name: string, host: string) {
    this.name = name;
    this.host = host;
    this.#web = createWebServer((_, response) => response.end(`<p>${name}</p>`));
    this.#tcp = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.pipe(socket);
    });
    for (const server of [this.#web, this.#tcp])
      server.on('connection', (socket: Socket) => {
        this.#sockets.add(socket);
        socket.once('close', () => this.#sockets.delete(socket));
      });
  }

  async listen(): Promise<void> {
    for (const [server, port] of [
      [this.#web, this.webPort],
      [this.#tcp, this.tcpPort],
    ] as const) {
      server.listen(port, this.host);
      await once(server, 'listening');
    }
    this.webPort = (this.#web.address() as AddressInfo).port;
    this.tcpPort = (this.#tcp.address() as AddressInfo).port;
  }

  /** Refuses everybody from now on, and cuts who is there. */
  async die(): Promise<void> {
    const closed = [this.#web, this.#tcp]
      .filter(({ listening }) => listening)
      .map((server) => once(server, 'close'));
    this.#web.close();
    this.#tcp.close();
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }
}

export interface PageSceneOptions {
  /** Names of services; the first one is HTTP. */
  readonly services?: readonly string[];
  readonly servers?: number;
  /** @default 400 */
  readonly probeEveryMs?: number;
  /** The page's port. @default a free one */
  readonly port?: number;
}

const infinitt = ['INFINITT_Web', 'DICOM', 'QUERY', 'MWL', 'INFINITT_Check'];

/** A balancer with real servers on loopback, clients, and the page before it. */
export class PageScene {
  readonly servers: readonly SceneServer[];
  readonly balancer: Balancer;
  readonly page: PageServer;
  readonly #control: ControlServer;
  readonly #folder: string;
  readonly #clients = new Set<Socket>();

  private constructor(
    servers: readonly SceneServer[],
    balancer: Balancer,
    control: ControlServer,
    page: PageServer,
    folder: string,
  ) {
    this.servers = servers;
    this.balancer = balancer;
    this.#control = control;
    this.page = page;
    this.#folder = folder;
  }

  /** The page's. */
  get address(): string {
    return this.page.address;
  }

  static async open({
    services = infinitt,
    servers: count = 4,
    probeEveryMs = 400,
    port = 0,
  }: PageSceneOptions = {}): Promise<PageScene> {
    const servers = Array.from({ length: count }, (_, index) => {
      return new SceneServer(`INF_PACS${index + 1}`, `127.0.85.${200 + index}`);
    });
    for (const server of servers) await server.listen();
    const balancer = new Balancer({
      services: services.map((name, index) => serviceOf(name, index, servers, probeEveryMs)),
    });
    await balancer.start();
    const folder = mkdtempSync(join(tmpdir(), 'sluice-page-'));
    const said = balancer.config;
    const control = await ControlServer.open(balancer, {
      ...{ path: join(folder, 'control.sock'), file: '/etc/sluice/site.yaml', readFile: () => said },
    });
    const page = await PageServer.open(balancer, control, folder, port);
    return new PageScene(servers, balancer, control, page, folder);
  }

  server(name: string): SceneServer {
    const found = this.servers.find((each) => each.name === name);
    if (found === undefined) throw new Error(`No server ${name}`);
    return found;
  }

  /** A client that stays until it is destroyed. @param host the last number of its address */
  async client(service: string, host = 41): Promise<Socket> {
    const found = this.balancer.overview().services.find(({ name }) => name === service);
    const client = connect({
      host: '127.0.0.1',
      port: found?.listeners[0]?.port ?? 0,
      localAddress: `127.0.84.${host}`,
    });
    this.#clients.add(client);
    client.on('error', () => undefined);
    client.once('close', () => this.#clients.delete(client));
    await once(client, 'connect');
    client.write(found?.mode === 'http' ? 'GET / HTTP/1.1\r\nHost: pacs\r\n\r\n' : 'x'.repeat(2000));
    client.resume();
    return client;
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.destroy();
    await this.page.close();
    await this.#control.close();
    await this.balancer.stop({ graceMs: 0 });
    await Promise.all(this.servers.map((server) => server.die()));
    rmSync(this.#folder, { recursive: true });
  }
}

function serviceOf(
  name: string,
  index: number,
  servers: readonly SceneServer[],
  probeEveryMs: number,
): ServiceConfig {
  const isWeb = index === 0;
  const common = {
    ...{ name, host: '127.0.0.1', port: 0 },
    servers: servers.map((server) => ({
      ...{ name: server.name, host: server.host },
      port: isWeb ? server.webPort : server.tcpPort,
    })),
  };
  const often = { intervalMs: probeEveryMs, downIntervalMs: probeEveryMs };
  return isWeb
    ? {
        ...{ ...common, mode: 'http', persistence: { kind: 'httpCookie' } },
        healthCheck: { ...often, probe: { kind: 'http' } },
      }
    : {
        ...{ ...common, mode: 'tcp', persistence: { kind: 'sourceIp' } },
        healthCheck: { ...often, probe: { kind: 'connect' } },
      };
}
