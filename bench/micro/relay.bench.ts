import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { PortableEngine } from '../../src/engine/portable/portable-engine.ts';
import type { Connection, ConnectionHandler } from '../../src/engine/engine.ts';
import { systemRuntime } from '../../src/runtime/system-runtime.ts';

/**
 * What relaying costs the portable engine beside `a.pipe(b); b.pipe(a)`: CPU time of a process that does
 * nothing else, both subjects in turn in one run. Only the ratio means something.
 */
const subjects = ['pipe', 'engine'] as const;
type Subject = (typeof subjects)[number];

const rounds = 4;
const bulkBytes = 512 * 1_048_576;
const bulkPiece = Buffer.alloc(262_144, 7);
const requestBytes = Buffer.alloc(64, 7);
const requestsPerConnection = 3000;
const connectionCount = 16;

if (process.argv[2] === 'proxy') {
  await serveProxy(process.argv[3] as Subject, Number(process.argv[4]));
} else {
  await measureAll();
}

async function serveProxy(subject: Subject, serverPort: number): Promise<void> {
  const port = subject === 'pipe' ? await startPipe(serverPort) : await startEngine(serverPort);
  process.on('message', () => process.send?.(process.cpuUsage()));
  process.send?.(port);
}

async function startPipe(serverPort: number): Promise<number> {
  const proxy = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const server = connect({ host: '127.0.0.1', port: serverPort, allowHalfOpen: true, noDelay: true });
    client.pipe(server);
    server.pipe(client);
  });
  return listening(proxy);
}

async function startEngine(serverPort: number): Promise<number> {
  const engine = new PortableEngine(systemRuntime);
  const onAccept = (client: Connection): void => {
    const server: Connection = engine.connect({ host: '127.0.0.1', port: serverPort }, endsWith(client));
    client.handler = endsWith(server);
    client.relay(server);
    server.relay(client);
  };
  return (await engine.listen({ host: '127.0.0.1', port: 0 }, { onAccept })).port;
}

/** Passes FIN on to the other connection of a session. */
function endsWith(other: Connection): ConnectionHandler {
  const nothing = (): void => undefined;
  return {
    onConnect: nothing,
    onData: nothing,
    onDrain: nothing,
    onRelayed: nothing,
    onEnd: () => {
      other.end();
    },
    onClose: nothing,
  };
}

async function measureAll(): Promise<void> {
  for (const [name, work] of [
    ['bulk to the server', upload],
    ['bulk to the client', download],
    ['small requests', exchange],
  ] as const) {
    const server = createServer(
      { allowHalfOpen: true, noDelay: true },
      work === download ? pour : echoOrCount,
    );
    const serverPort = await listening(server);
    const totals = { pipe: 0, engine: 0 };
    for (let round = 0; round < rounds; round++) {
      for (const subject of subjects) totals[subject] += await measure(subject, serverPort, work);
    }
    server.close();
    console.log(`${name}: engine ${(totals.engine / totals.pipe).toFixed(2)} of the CPU time of pipe`);
  }
}

/** @returns milliseconds of CPU time that the proxy's process took */
async function measure(
  subject: Subject,
  serverPort: number,
  work: (port: number) => Promise<void>,
): Promise<number> {
  const proxy = fork(fileURLToPath(import.meta.url), ['proxy', subject, String(serverPort)]);
  const [port] = (await once(proxy, 'message')) as [number];
  await work(port);
  const before = await cpuMs(proxy);
  await work(port);
  const after = await cpuMs(proxy);
  proxy.kill();
  await once(proxy, 'exit');
  return after - before;
}

async function cpuMs(proxy: ChildProcess): Promise<number> {
  proxy.send('cpu');
  const [{ user, system }] = (await once(proxy, 'message')) as [NodeJS.CpuUsage];
  return (user + system) / 1000;
}

/** The server of uploads and of small requests: a large first piece is counted, a small one echoed. */
function echoOrCount(socket: Socket): void {
  socket.on('data', (chunk: Buffer) => {
    if (chunk.length === requestBytes.length) socket.write(chunk);
  });
  socket.on('end', () => socket.end());
}

function pour(socket: Socket): void {
  socket.resume();
  send(socket, bulkBytes);
}

function send(socket: Socket, count: number): void {
  let left = count;
  const sendOn = (): void => {
    while (left > 0) {
      left -= bulkPiece.length;
      if (!socket.write(bulkPiece)) return;
    }
    socket.off('drain', sendOn);
    socket.end();
  };
  socket.on('drain', sendOn);
  sendOn();
}

async function upload(port: number): Promise<void> {
  const client = connect({ host: '127.0.0.1', port, allowHalfOpen: true }).resume();
  send(client, bulkBytes);
  await once(client, 'close');
}

async function download(port: number): Promise<void> {
  const client = connect({ host: '127.0.0.1', port }).resume();
  await once(client, 'close');
}

async function exchange(port: number): Promise<void> {
  await Promise.all(
    Array.from({ length: connectionCount }, async () => {
      const client = connect({ host: '127.0.0.1', port, noDelay: true });
      for (let i = 0; i < requestsPerConnection; i++) {
        client.write(requestBytes);
        await once(client, 'data');
      }
      client.end();
      await once(client, 'close');
    }),
  );
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
