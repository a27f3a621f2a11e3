import { networkInterfaces } from 'node:os';
import type { Socket } from 'node:dgram';
import { afterEach, describe, expect, it } from 'vitest';
import type { Balancer } from '../../src/index.ts';
import { eventually } from '../support/http-harness.ts';
import { forge, forgeryProblem } from '../support/forged-datagram.ts';
import { hear, listenerOf, portOf, UdpScene, udpService } from '../support/udp-scene.ts';
import { noWorkers } from '../support/workers-scene.ts';
import { ownAddress } from '../support/own-address.ts';

const scene = new UdpScene();
afterEach(() => scene.close());

/** An echo server that keeps what it was sent. */
async function listeningServer(): Promise<{ received: string[]; socket: Socket; port: number }> {
  const socket = await scene.bind();
  const received: string[] = [];
  socket.on('message', (bytes, from) => {
    received.push(bytes.toString('latin1'));
    socket.send(bytes, from.port, from.address);
  });
  return { received, socket, port: socket.address().port };
}

const circleHost = ownAddress();

async function freePort(): Promise<number> {
  const other = new UdpScene();
  const { port } = (await other.bind(circleHost)).address();
  await other.close();
  return port;
}

/** An address of this machine that is not loopback, where it has one. */
const elsewhere = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

const threads = noWorkers === undefined ? [0, 2] : [0];

describe.skipIf(process.platform !== 'linux' || forgeryProblem() !== undefined)(
  'defect 23: a datagram that claims to come from the balancer itself',
  () => {
    /** Has a client ask after that, and be answered. */
    async function askHonestly(port: number): Promise<void> {
      const client = await scene.connect('127.0.0.1', port);
      const heard = hear(client);
      client.send('honest');
      expect((await heard).text).toBe('honest');
    }

    it.each(threads)('is not served, with %d workers', async (workers) => {
      const server = await listeningServer();
      const servers = [{ name: 's1', host: '127.0.0.1', port: server.port }];
      const services = [udpService('A', servers), udpService('B', servers)];
      const balancer = await scene.startBalancer({ workers, services });
      const [a, b] = ['A', 'B'].map((name) => ({ host: '127.0.0.1', port: portOf(balancer, name) }));
      forge(a!, a!, 'from itself');
      forge(b!, a!, 'from another service');
      await eventually(() => listenerOf(balancer, 'A').droppedTotal === 2);
      await askHonestly(a!.port);
      expect(server.received).toEqual(['honest']);
      // An address that is nobody's has another client on that port.
      forge({ host: '127.0.0.77', port: a!.port }, a!, 'honest as well');
      await eventually(() => server.received.length === 2);
    });

    it('is not served from any address of this machine where the service is on all', async () => {
      const server = await listeningServer();
      const servers = [{ name: 's1', host: '127.0.0.1', port: server.port }];
      const balancer = await scene.startBalancer({
        services: [udpService('A', servers, { host: '0.0.0.0' })],
      });
      const port = portOf(balancer, 'A');
      const own = ['127.0.0.1', '127.0.0.2', ...(elsewhere === undefined ? [] : [elsewhere])];
      for (const host of own) forge({ host, port }, { host: '127.0.0.1', port }, 'from itself');
      await eventually(() => listenerOf(balancer, 'A').droppedTotal === own.length);
      await askHonestly(port);
      expect(server.received).toEqual(['honest']);
    });

    it('is not served from the port of a flow', async () => {
      const server = await listeningServer();
      const servers = [{ name: 's1', host: '127.0.0.1', port: server.port }];
      const balancer = await scene.startBalancer({ services: [udpService('A', servers)] });
      const port = portOf(balancer, 'A');
      const flowPort = new Promise<number>((resolve) =>
        server.socket.on('message', (_, from) => resolve(from.port)),
      );
      await askHonestly(port);
      const from = { host: '127.0.0.1', port: await flowPort };
      forge(from, { host: '127.0.0.1', port }, 'from a flow');
      await eventually(() => listenerOf(balancer, 'A').droppedTotal === 1);
      expect(server.received).toEqual(['honest']);
    });
  },
);

describe('defect 23: services that forward to each other', () => {
  async function startCircle(workers: number): Promise<Balancer> {
    const [a, b] = [await freePort(), await freePort()];
    const services = [
      udpService('A', [{ name: 'B', host: circleHost, port: b }], { host: circleHost, port: a }),
      udpService('B', [{ name: 'A', host: circleHost, port: a }], { host: circleHost, port: b }),
    ];
    return scene.startBalancer({ workers, services });
  }

  it.each(threads)('pass nothing on for ever, with %d workers', async (workers) => {
    const balancer = await startCircle(workers);
    for (let index = 1; index <= 4; index++) {
      const client = await scene.connect(circleHost, portOf(balancer, 'A'));
      client.send('round and round');
      await eventually(() => listenerOf(balancer, 'B').droppedTotal === index);
    }
    expect(listenerOf(balancer, 'A')).toMatchObject({ sessionsTotal: 4 });
    expect(listenerOf(balancer, 'B')).toMatchObject({ sessionsTotal: 0 });
  });
});
