import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { echoServer, RelayTraffic } from '../relay-traffic.ts';
import type { RelayPorts } from './relaying-engine.ts';

/**
 * Ends workers amid traffic, in the way and as often as the arguments say, and tells how many descriptors more are
 * open then. Their ports can be bound and their clients have seen an end: else this never ends, or fails.
 */
const [ending = 'terminate', rounds = '3'] = process.argv.slice(2);
const workerCode = `
  import { register } from 'tsx/esm/api';
  register();
  await import(${JSON.stringify(new URL('relaying-engine.ts', import.meta.url).href)});
`;

async function endOne(serverPort: number): Promise<void> {
  const worker = new Worker(workerCode, { eval: true, workerData: serverPort });
  worker.on('error', (error: Error) => {
    if (error.message !== 'on purpose') throw error;
  });
  const [ports] = (await once(worker, 'message')) as [RelayPorts];
  const traffic = new RelayTraffic();
  await traffic.start(ports);
  const exit = new Promise((resolve) => worker.once('exit', resolve));
  if (ending === 'terminate') await worker.terminate();
  else worker.postMessage(ending);
  await exit;
  await traffic.untilEnded();
  await assertFree(ports);
}

async function assertFree({ tcp, udp }: RelayPorts): Promise<void> {
  const server = createServer().listen(tcp, '127.0.0.1');
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
  const socket = createSocket('udp4').bind(udp, '127.0.0.1');
  await once(socket, 'listening');
  socket.close();
  await once(socket, 'close');
}

function descriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

const { server, port } = await echoServer();
/** The first round opens what is kept: the pipes of tsx, for example. */
await endOne(port);
await setTimeout(100);
const before = descriptors();
for (let round = 0; round < Number(rounds); round++) await endOne(port);
// The server and the thread's loop close theirs a moment later.
for (let waits = 0; descriptors() > before && waits < 100; waits++) await setTimeout(50);
console.log(Math.max(0, descriptors() - before));
server.close();
