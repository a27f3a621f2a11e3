import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { UdpServiceConfig } from '../../src/index.ts';
import { tcpService } from '../integration/balancer/balancer-scene.ts';
import { noWorkers, WorkersScene } from '../support/workers-scene.ts';

const sockets: Socket[] = [];
let scene: WorkersScene;

async function openSocket(): Promise<Socket> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  sockets.push(socket);
  await once(socket, 'listening');
  return socket;
}

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  await scene.close();
});

describe.skipIf(noWorkers !== undefined)('defect 25: a worker that has closed its share of a service', () => {
  it('rests while the service drains elsewhere, whatever clients send', async () => {
    scene = new WorkersScene(2);
    const tcpServer = await scene.addServer('s1');
    const server = await openSocket();
    const service: UdpServiceConfig = {
      name: 'U',
      mode: 'udp',
      host: '127.0.0.1',
      port: 0,
      servers: [{ name: 's1', host: '127.0.0.1', port: server.address().port }],
    };
    const balancer = await scene.start(service, tcpService('T', [tcpServer.options]));
    // Each worker has sessions, and so goes on watching.
    await Promise.all(Array.from({ length: 8 }, (_, index) => scene.session('T', `127.0.8.${10 + index}`)));
    const port = scene.portOf('U');
    // A flow that waits for its answer, in one of the two workers.
    const waiting = await openSocket();
    waiting.send('never answered', port, '127.0.0.1');
    await once(server, 'message');
    const stopped = balancer.stop({ graceMs: 1_000 });
    const clients = await Promise.all(Array.from({ length: 16 }, openSocket));
    const asks = setInterval(() => {
      for (const client of clients) client.send('late', port, '127.0.0.1');
    }, 100);
    const before = process.cpuUsage();
    await stopped;
    clearInterval(asks);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(500);
  });
});
