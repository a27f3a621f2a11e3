import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { Agent, createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FloodedReport } from './programs/flooded-balancer.ts';
import { hear, UdpScene } from './udp-scene.ts';

const program = new URL('programs/flooded-balancer.ts', import.meta.url).pathname;

/** A balancer in a process with few descriptors, a flood of UDP datagrams, and clients that are to be served. */
export class FloodScene {
  readonly udp = new UdpScene();
  #child: ChildProcess | undefined;
  #web: Server | undefined;
  #report: FloodedReport | undefined;
  readonly #agents: Agent[] = [];

  async start(limit: number, workers = 0): Promise<void> {
    this.#web = createServer((_request, response) => void response.end('ok'));
    this.#web.listen(0, '127.0.0.1');
    await once(this.#web, 'listening');
    const { port: http } = this.#web.address() as AddressInfo;
    const server = await this.udp.bind();
    // The flood is not answered.
    server.on('message', (bytes, from) => {
      if (bytes.toString() !== 'flood') server.send(bytes, from.port, from.address);
    });
    const servers = JSON.stringify({ http, udp: server.address().port });
    const shell = `ulimit -n ${limit}; exec "$0" --import tsx "$1" "$2" "$3"`;
    this.#child = spawn('bash', ['-c', shell, process.execPath, program, servers, `${workers}`], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    await this.report();
  }

  async report(): Promise<FloodedReport> {
    this.#child?.send('report');
    const [report] = (await once(this.#child!, 'message')) as [FloodedReport];
    this.#report = report;
    return report;
  }

  portOf(service: string): number {
    return this.#report!.ports[service]!;
  }

  /** So many sources, of one address. */
  sources(count: number): Promise<readonly Socket[]> {
    return Promise.all(Array.from({ length: count }, () => this.udp.bind('127.0.0.66')));
  }

  /** Sends one datagram from each, and resolves once all are sent. */
  async flood(sources: readonly Socket[]): Promise<void> {
    const port = this.portOf('FLOODED');
    const send = (socket: Socket): Promise<void> =>
      new Promise((resolve) => socket.send('flood', port, '127.0.0.1', () => resolve()));
    await Promise.all(sources.map(send));
  }

  /** @returns the status of a request of a new client, or the text of its error */
  request(agent: Agent | false = false): Promise<number | string> {
    return new Promise((resolve) => {
      const options = { host: '127.0.0.1', port: this.portOf('WEB'), agent, timeout: 3_000 };
      const request = get(options, (response) => {
        response.resume().on('end', () => resolve(response.statusCode ?? 0));
      });
      request.on('timeout', () => request.destroy(new Error('not served')));
      request.on('error', (error) => resolve(String(error)));
    });
  }

  /** A client that keeps its connection. */
  keptClient(): Agent {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    this.#agents.push(agent);
    return agent;
  }

  /** @returns whether a client is answered that sends again twice, as those of UDP do: buffers run over in a flood */
  async ask(client: Socket, service: string): Promise<boolean> {
    for (let tries = 0; tries < 3; tries++) {
      const heard = hear(client, 600).then(
        ({ text }) => text === 'honest',
        () => false,
      );
      client.send('honest', this.portOf(service), '127.0.0.1');
      if (await heard) return true;
    }
    return false;
  }

  async close(): Promise<void> {
    for (const agent of this.#agents.splice(0)) agent.destroy();
    this.#child?.kill('SIGKILL');
    this.#web?.closeAllConnections();
    this.#web?.close();
    await this.udp.close();
  }
}
