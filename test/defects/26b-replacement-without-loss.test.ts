import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Balancer, type ServiceConfig } from '../../src/index.ts';
import { AnsweringServer, RestlessClients } from '../support/restless-clients.ts';
import { noWorkers } from '../support/workers-scene.ts';

const replacements = 20;

let server: AnsweringServer;
let ports: { readonly httpPort: number; readonly udpPort: number };
let balancer: Balancer | undefined;

beforeEach(async () => {
  server = new AnsweringServer();
  ports = await server.start();
});

afterEach(async () => {
  await balancer?.stop({ graceMs: 0 });
  server.stop();
});

/** Three services, and in each round another option, so that each round replaces all of them. */
function servicesOf(round: number): ServiceConfig[] {
  const common = {
    host: '127.0.0.1',
    port: 0,
    maxQueued: 100 + round,
    persistence: { kind: 'none' },
  } as const;
  const tcp = {
    ...common,
    backlog: 500 + round,
    servers: [{ name: 'A', host: '127.0.0.1', port: ports.httpPort }],
  };
  const udp = [{ name: 'A', host: '127.0.0.1', port: ports.udpPort }];
  return [
    { ...tcp, name: 'WEB', mode: 'http', quickAck: round % 2 === 0 },
    { ...tcp, name: 'DICOM', mode: 'tcp' },
    { ...common, name: 'NAMES', mode: 'udp', servers: udp },
  ];
}

async function replaceUnderLoad(workers: number): Promise<void> {
  balancer = new Balancer({ workers, services: servicesOf(0) });
  await balancer.start();
  const [web = 0, dicom = 0, names = 0] = balancer
    .overview()
    .services.map(({ listeners }) => listeners[0]?.port ?? 0);
  const clients = new RestlessClients();
  clients.closing(web);
  clients.closing(web);
  clients.keeping(web, 0);
  clients.keeping(web, 40);
  clients.keeping(web, 200);
  clients.connecting(dicom);
  clients.connecting(dicom);
  clients.asking(names);
  clients.asking(names);
  const applied: Promise<void>[] = [];
  for (let round = 1; round <= replacements; round++) {
    applied.push(balancer.apply({ services: servicesOf(round) }));
    await clients.served(2);
  }
  await clients.stop();
  expect(clients.losses).toEqual([]);
  // The sessions of all that was replaced have ended, too.
  await Promise.all(applied);
}

describe('defect 26b: a service that is replaced under load', () => {
  it('loses no connection, no request and no datagram', () => replaceUnderLoad(0));

  it.skipIf(noWorkers !== undefined)('nor does it in workers', () => replaceUnderLoad(2));
});
