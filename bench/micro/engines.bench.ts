import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Engine } from '../../src/engine/engine.ts';
import { LinuxEngine } from '../../src/engine/linux/linux-engine.ts';
import { PortableEngine } from '../../src/engine/portable/portable-engine.ts';
import { Listener } from '../../src/listener/listener.ts';
import { systemRuntime } from '../../src/runtime/system-runtime.ts';

/**
 * What a listener in tcp mode costs on each engine: CPU time of a process that does nothing else, the engines
 * in turn in one run. Only the ratios mean something.
 */
const subjects = ['portable', 'linux'] as const;
type Subject = (typeof subjects)[number];

interface Work {
  readonly name: string;
  readonly unit: string;
  /** Units that one run does. */
  readonly count: number;
  readonly serve: (socket: Socket) => void;
  readonly run: (port: number) => Promise<void>;
}

const rounds = 3;
const gigabytes = 0.5;
const connectionCount = 2000;
const lanes = 16;
const requestsPerLane = 1500;
const bulkPiece = Buffer.alloc(262_144, 7);
const request = Buffer.alloc(64, 7);

const works: readonly Work[] = [
  { name: 'new connections', unit: 'µs each', count: connectionCount, serve: echo, run: connectOften },
  { name: 'small requests', unit: 'µs each', count: lanes * requestsPerLane, serve: echo, run: exchange },
  { name: 'bulk to the server', unit: 'µs/GB', count: gigabytes, serve: swallow, run: upload },
  { name: 'bulk to the client', unit: 'µs/GB', count: gigabytes, serve: pour, run: download },
];

if (process.argv[2] === 'proxy') await serveProxy(process.argv[3] as Subject, Number(process.argv[4]));
else await measureAll();

async function serveProxy(subject: Subject, serverPort: number): Promise<void> {
  const engine: Engine =
    subject === 'linux' ? new LinuxEngine(systemRuntime) : new PortableEngine(systemRuntime);
  const listener = new Listener({
    name: 'bench',
    mode: 'tcp',
    host: '127.0.0.1',
    port: 0,
    engine,
    pool: { servers: [{ name: 'server', host: '127.0.0.1', port: serverPort }] },
  });
  await listener.start();
  process.on('message', () => process.send?.(process.cpuUsage()));
  process.send?.(listener.port);
}

async function measureAll(): Promise<void> {
  for (const work of works) {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      socket.on('error', () => undefined);
      work.serve(socket);
    });
    const serverPort = await listening(server);
    const best = { portable: Infinity, linux: Infinity };
    for (let round = 0; round < rounds; round++) {
      for (const subject of subjects) {
        best[subject] = Math.min(best[subject], await measure(subject, serverPort, work));
      }
    }
    server.close();
    const ratio = (best.linux / best.portable).toFixed(2);
    const figures = subjects.map((subject) => `${subject} ${(best[subject] / work.count).toFixed(1)}`);
    console.log(`${work.name}: linux ${ratio} of portable (${figures.join(', ')} ${work.unit})`);
  }
}

/** @returns microseconds of CPU time that the proxy's process took for one run, after one to warm up */
async function measure(subject: Subject, serverPort: number, { run }: Work): Promise<number> {
  const proxy = fork(fileURLToPath(import.meta.url), ['proxy', subject, String(serverPort)]);
  const [port] = (await once(proxy, 'message')) as [number];
  await run(port);
  const before = await cpu(proxy);
  await run(port);
  const after = await cpu(proxy);
  proxy.kill();
  await once(proxy, 'exit');
  return after - before;
}

async function cpu(proxy: ChildProcess): Promise<number> {
  proxy.send('cpu');
  const [{ user, system }] = (await once(proxy, 'message')) as [NodeJS.CpuUsage];
  return user + system;
}

function echo(socket: Socket): void {
  socket.pipe(socket);
}

function swallow(socket: Socket): void {
  socket.resume().on('end', () => socket.end());
}

function pour(socket: Socket): void {
  socket.resume();
  send(socket);
}

function send(socket: Socket): void {
  let left = gigabytes * 1e9;
  const sendOn = (): void => {
    while (left > 0) {
      left -= bulkPiece.length;
      if (!socket.write(bulkPiece)) return;
    }
    socket.off('drain', sendOn).end();
  };
  socket.on('drain', sendOn);
  sendOn();
}

async function upload(port: number): Promise<void> {
  const client = connect({ host: '127.0.0.1', port, allowHalfOpen: true }).resume();
  send(client);
  await once(client, 'close');
}

async function download(port: number): Promise<void> {
  await once(connect({ host: '127.0.0.1', port }).resume(), 'close');
}

async function connectOften(port: number): Promise<void> {
  let left = connectionCount;
  await inLanes(async () => {
    while (left-- > 0) {
      const client = connect({ host: '127.0.0.1', port, noDelay: true });
      client.write(request);
      await once(client, 'data');
      client.end();
      await once(client, 'close');
    }
  });
}

async function exchange(port: number): Promise<void> {
  await inLanes(async () => {
    const client = connect({ host: '127.0.0.1', port, noDelay: true });
    for (let i = 0; i < requestsPerLane; i++) {
      client.write(request);
      await once(client, 'data');
    }
    client.end();
    await once(client, 'close');
  });
}

async function inLanes(lane: () => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: lanes }, lane));
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
