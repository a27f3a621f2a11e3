import { once } from 'node:events';
import http, { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { Balancer, type HttpServiceConfig } from '../../../src/index.ts';
import { NameServer } from '../name-server.ts';
import { OwnMachine } from '../own-machine.ts';

/** What one service did. */
export interface Served {
  good: number;
  bad: number;
  slowestMs: number;
}

export interface SlowNameReport {
  readonly hung: Served;
  readonly listed: Served;
}

/**
 * Two services: one by a name that no name server answers for, with a check and clients of its own, and one by a name in
 * the hosts file. Tells how they served, and should then end by itself at once.
 */
const machine = new OwnMachine();
machine.setHosts(['127.0.0.1', 'listed.test']);
const nameServer = await NameServer.start(53);
nameServer.names.set('hung.test', 'silent');

const server = createServer((_request, response) => {
  response.setHeader('Connection', 'close').end('ok');
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const { port: serverPort } = server.address() as AddressInfo;

const service = (name: string): HttpServiceConfig => ({
  name,
  mode: 'http',
  host: '127.0.0.1',
  port: 0,
  servers: [{ name, host: `${name}.test`, port: serverPort }],
  passiveHealth: false,
  connectTimeoutMs: 300,
});
const probe = { kind: 'connect' } as const;
const balancer = new Balancer({
  services: [
    { ...service('hung'), healthCheck: { probe, intervalMs: 200, timeoutMs: 150, fall: 100 } },
    service('listed'),
  ],
});
await balancer.start();

function portOf(name: string): number {
  return balancer.overview().services.find((one) => one.name === name)?.listeners[0]?.port ?? 0;
}

async function ask(port: number): Promise<boolean> {
  const request = http.get({ host: '127.0.0.1', port, agent: false });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  response.resume();
  await once(response, 'end');
  return response.statusCode === 200;
}

let isOver = false;
async function load(name: string, clients: number): Promise<Served> {
  const served: Served = { good: 0, bad: 0, slowestMs: 0 };
  const port = portOf(name);
  const client = async (): Promise<void> => {
    while (!isOver) {
      const startMs = performance.now();
      if (await ask(port)) served.good++;
      else served.bad++;
      served.slowestMs = Math.max(served.slowestMs, performance.now() - startMs);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return served;
}

const loads = [load('hung', 8)];
await setTimeout(100);
loads.push(load('listed', 2));
await setTimeout(800);
isOver = true;
const [hung, listed] = await Promise.all(loads);
await balancer.stop({ graceMs: 0 });
server.close();
nameServer.close();
console.log(JSON.stringify({ hung, listed }));
