import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import http, { createServer } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { Balancer, type ServiceConfig } from '../../../src/index.ts';
import { OwnMachine } from '../own-machine.ts';

/** What the clients of services by name have heard. */
export interface MovingNameReport {
  /** Of a name whose first address refuses: the answer to the first datagram, and to a connection. */
  readonly second: { readonly udp: string; readonly tcp: string };
  /** Of a name that moved while it was used: the answers to one UDP client and on kept connections. */
  readonly before: { readonly udp: string; readonly http: string };
  readonly after: { readonly udp: string; readonly http: string };
}

/** Services by names of the hosts file; each server answers with its address. */
const machine = new OwnMachine();
const old = '127.0.0.21';
const next = '127.0.0.22';
machine.setHosts(['127.0.0.20', 'two.test'], [old, 'two.test'], [old, 'moving.test']);

const httpPort = 8_001;
const tcpPort = 8_002;
const udpPort = 8_003;
const closers: (() => void)[] = [];

for (const host of [old, next]) {
  const web = createServer((_request, response) => response.end(host)).listen(httpPort, host);
  const tcp = createTcpServer((socket) => socket.on('error', () => undefined).end(host)).listen(
    tcpPort,
    host,
  );
  const udp = createSocket('udp4').bind(udpPort, host);
  udp.on('message', (_bytes, from) => udp.send(host, from.port, from.address));
  await Promise.all([web, tcp, udp].map((server) => once(server, 'listening')));
  closers.push(
    () => web.closeAllConnections(),
    () => web.close(),
    () => tcp.close(),
    () => udp.close(),
  );
}

const at = (name: string, port: number) => ({
  name,
  host: '127.0.0.1',
  port: 0,
  servers: [{ name, host: `${name.split('-')[0]}.test`, port }],
});
const services: ServiceConfig[] = [
  { ...at('two-udp', udpPort), mode: 'udp' },
  { ...at('two-tcp', tcpPort), mode: 'tcp' },
  { ...at('moving-udp', udpPort), mode: 'udp' },
  { ...at('moving-http', httpPort), mode: 'http' },
];
const balancer = new Balancer({ services });
await balancer.start();

function portOf(name: string): number {
  return balancer.overview().services.find((one) => one.name === name)?.listeners[0]?.port ?? 0;
}

const client = createSocket('udp4').bind(0, '127.0.0.1');
await once(client, 'listening');

/** The answer to one datagram; empty where there is none within half a second. */
async function askUdp(service: string): Promise<string> {
  client.send('?', portOf(service), '127.0.0.1');
  const answer = once(client, 'message') as Promise<[Buffer]>;
  return Promise.race([answer.then(([bytes]) => String(bytes)), setTimeout(500, '')]);
}

async function askTcp(service: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port: portOf(service) }).on('error', () => undefined);
  let heard = '';
  socket.on('data', (bytes) => (heard += String(bytes)));
  await once(socket, 'close');
  return heard;
}

const agent = new http.Agent({ keepAlive: true });
async function askHttp(service: string): Promise<string> {
  const request = http.get({ host: '127.0.0.1', port: portOf(service), agent });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  let heard = '';
  for await (const bytes of response) heard += String(bytes);
  return heard;
}

/** Asks on until another address answers, 3 s at most, without a pause that is long enough to end anything. */
async function until(ask: () => Promise<string>): Promise<string> {
  const dueMs = performance.now() + 3_000;
  let heard = await ask();
  while (heard !== next && performance.now() < dueMs) {
    await setTimeout(20);
    heard = await ask();
  }
  return heard;
}

const second = { udp: await askUdp('two-udp'), tcp: await askTcp('two-tcp') };
const before = { udp: await askUdp('moving-udp'), http: await askHttp('moving-http') };
machine.setHosts([next, 'moving.test']);
const after = {
  udp: await until(() => askUdp('moving-udp')),
  http: await until(() => askHttp('moving-http')),
};
agent.destroy();
client.close();
await balancer.stop({ graceMs: 0 });
for (const close of closers) close();
console.log(JSON.stringify({ second, before, after } satisfies MovingNameReport));
