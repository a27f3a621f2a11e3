import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { DatagramHandler, UdpPort } from '../../../src/engine/engine.ts';
import { selectEngine } from '../../../src/engine/select-engine.ts';
import type { PoolOptions } from '../../../src/pool/pool-options.ts';
import { sourceIp } from '../../../src/persistence/source-ip.ts';
import type { Persistence } from '../../../src/persistence/persistence.ts';
import { systemRuntime } from '../../../src/runtime/system-runtime.ts';
import type { PathContext } from '../../../src/path/path-context.ts';
import type { SessionOpenedEvent } from '../../../src/facts/service-events.ts';
import { udpDefaults, type UdpOptions } from '../../../src/udp/udp-options.ts';
import { UdpPath } from '../../../src/udp/udp-path.ts';
import { makeUdpContext } from '../../support/udp-context.ts';

interface Service {
  readonly port: number;
  readonly path: UdpPath;
  readonly context: PathContext;
}

interface TestServer {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly socket: Socket;
  /** `text` of each datagram that arrived. */
  readonly received: string[];
}

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Binds first, as a listener does: the path needs the number of the port. */
async function startService(
  servers: readonly TestServer[],
  options: {
    readonly udp?: UdpOptions;
    readonly pool?: Omit<PoolOptions, 'servers'>;
    readonly persistence?: Persistence;
  } = {},
): Promise<Service> {
  const engine = selectEngine('auto', systemRuntime).engine;
  const late: { path?: UdpPath } = {};
  const handler: DatagramHandler = {
    onDatagram: (...args) => late.path?.onDatagram(...args),
    onError: () => late.path?.onError(),
  };
  const bound: UdpPort = await engine.bindUdp({ host: '127.0.0.1', port: 0 }, handler);
  const context = makeUdpContext({
    engine,
    clock: systemRuntime.clock,
    port: bound.port,
    servers: servers.map(({ name, host, port }) => ({ name, host, port })),
    ...(options.pool === undefined ? {} : { pool: options.pool }),
    ...(options.persistence === undefined ? {} : { persistence: options.persistence }),
  });
  const path = new UdpPath(context, { ...udpDefaults, ...options.udp });
  late.path = path;
  cleanups.push(async () => {
    path.abort('stopped');
    context.pool.detach();
    await engine.close();
    expect(context.counters.sessions).toBe(0);
    expect(context.pool.servers.every((server) => server.sessions === 0)).toBe(true);
  });
  return { port: bound.port, path, context };
}

async function bindSocket(host: string, port = 0): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(port, host);
  await once(socket, 'listening');
  socket.on('error', () => undefined);
  cleanups.push(() => new Promise((resolve) => close(socket, resolve)));
  return socket;
}

function close(socket: Socket, done: (value?: unknown) => void): void {
  try {
    socket.close(() => {
      done();
    });
  } catch {
    done();
  }
}

/** Answers each datagram with its own name in front, and an empty one with an empty one. */
async function startServer(name: string): Promise<TestServer> {
  const socket = await bindSocket('127.0.0.1');
  const received: string[] = [];
  socket.on('message', (message, from) => {
    received.push(message.toString('latin1'));
    const answer = message.length === 0 ? message : Buffer.concat([Buffer.from(`${name}:`), message]);
    socket.send(answer, from.port, from.address);
  });
  return { name, host: '127.0.0.1', port: socket.address().port, socket, received };
}

async function startServers(count: number): Promise<readonly TestServer[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => startServer(`S${index}`)));
}

/** Sends one datagram and resolves with the answer. */
async function ask(client: Socket, service: Service, message: string | Buffer): Promise<Buffer> {
  const answered = once(client, 'message', { signal: AbortSignal.timeout(5_000) });
  client.send(message, service.port, '127.0.0.1');
  const [answer, from] = (await answered) as [Buffer, { address: string; port: number }];
  expect(from).toMatchObject({ address: '127.0.0.1', port: service.port });
  return answer;
}

async function askText(client: Socket, service: Service, message: string): Promise<string> {
  return (await ask(client, service, message)).toString('latin1');
}

describe('UdpPath on loopback sockets', () => {
  it('answers from the address and port of the service', async () => {
    const service = await startService(await startServers(1));
    const client = await bindSocket('127.0.0.1');
    expect(await askText(client, service, 'hello')).toBe('S0:hello');
  });

  it('keeps clients of the same source port apart', async () => {
    const service = await startService(await startServers(2));
    const first = await bindSocket('127.0.0.2');
    const second = await bindSocket('127.0.0.3', first.address().port);
    expect(await Promise.all([askText(first, service, 'one'), askText(second, service, 'two')])).toEqual([
      'S0:one',
      'S1:two',
    ]);
    expect(await Promise.all([askText(second, service, 'four'), askText(first, service, 'three')])).toEqual([
      'S1:four',
      'S0:three',
    ]);
  });

  it('passes empty datagrams both ways', async () => {
    const [server] = (await startServers(1)) as [TestServer];
    const service = await startService([server]);
    const client = await bindSocket('127.0.0.1');
    expect(await ask(client, service, '')).toHaveLength(0);
    expect(server.received).toEqual(['']);
  });

  it('passes datagrams of 60 kB whole, many in a row', async () => {
    const service = await startService(await startServers(1));
    const client = await bindSocket('127.0.0.1');
    for (let i = 0; i < 20; i++) {
      const message = Buffer.alloc(60_000 + i, i);
      const answer = await ask(client, service, message);
      expect(answer.equals(Buffer.concat([Buffer.from('S0:'), message]))).toBe(true);
    }
  });

  it('passes the largest datagram there is', async () => {
    const [server] = (await startServers(1)) as [TestServer];
    const service = await startService([server]);
    const client = await bindSocket('127.0.0.1');
    const arrived = once(server.socket, 'message', { signal: AbortSignal.timeout(5_000) });
    client.send(Buffer.alloc(65_507, 'x'), service.port, '127.0.0.1');
    const [message] = (await arrived) as [Buffer];
    expect(message.equals(Buffer.alloc(65_507, 'x'))).toBe(true);
  });

  it('ignores what a third party sends to the port of a flow', async () => {
    const [server] = (await startServers(1)) as [TestServer];
    const service = await startService([server]);
    const client = await bindSocket('127.0.0.1');
    const intruder = await bindSocket('127.0.0.1');
    const heard: string[] = [];
    client.on('message', (message) => heard.push(message.toString('latin1')));
    const arrived = once(server.socket, 'message');
    await ask(client, service, 'a');
    const [, flowPort] = (await arrived) as [Buffer, { port: number }];
    for (let i = 0; i < 10; i++) intruder.send('forged', flowPort.port, '127.0.0.1');
    await ask(client, service, 'b');
    await ask(client, service, 'c');
    expect(heard).toEqual(['S0:a', 'S0:b', 'S0:c']);
    expect(service.context.counters.bytesFromServers).toBe(12);
  });

  it('goes elsewhere after its server was killed', async () => {
    const servers = await startServers(2);
    const service = await startService(servers, { persistence: sourceIp() });
    const client = await bindSocket('127.0.0.1');
    expect(await askText(client, service, 'a')).toBe('S0:a');
    await new Promise<void>((resolve) => servers[0]!.socket.close(resolve));
    const moved = new Promise<SessionOpenedEvent>((resolve) =>
      service.context.facts.once('flowOpened', resolve),
    );
    client.send('lost', service.port, '127.0.0.1');
    expect(await moved).toMatchObject({ server: 'S1' });
    expect(await askText(client, service, 'b')).toBe('S1:b');
    expect(service.context.pool.get('S0')?.connectFailuresTotal).toBe(1);
    // Persistence learned where the client went: a second flow of the same address goes there, too.
    const sameAddress = await bindSocket('127.0.0.1');
    expect(await askText(sameAddress, service, 'c')).toBe('S1:c');
  });

  it('sends all flows of one address to one server, by source IP persistence', async () => {
    const service = await startService(await startServers(3), { persistence: sourceIp() });
    const hosts = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];
    for (const [index, host] of hosts.entries()) {
      for (let i = 0; i < 5; i++) {
        expect(await askText(await bindSocket(host), service, 'x')).toBe(`S${index}:x`);
      }
    }
  });

  it('never has more flows than it may', async () => {
    const service = await startService(await startServers(1), { udp: { maxFlows: 3 } });
    const evicted: string[] = [];
    service.context.facts.on('flowClosed', (event) => evicted.push(event.reason));
    for (let i = 0; i < 10; i++) {
      expect(await askText(await bindSocket('127.0.0.1'), service, String(i))).toBe(`S0:${i}`);
      expect(service.path.size).toBeLessThanOrEqual(3);
    }
    expect(evicted).toEqual(new Array(7).fill('evicted'));
    expect(service.context.counters.sessions).toBe(3);
  });

  it('closes the port of an idle flow', async () => {
    const [server] = (await startServers(1)) as [TestServer];
    const service = await startService([server], { udp: { idleTimeoutMs: 50, unrepliedTimeoutMs: 50 } });
    const client = await bindSocket('127.0.0.1');
    const closed = new Promise((resolve) => service.context.facts.once('flowClosed', resolve));
    await ask(client, service, 'x');
    expect(await closed).toMatchObject({ reason: 'idle', bytesFromClient: 1, bytesFromServer: 4 });
    expect(await askText(client, service, 'anew')).toBe('S0:anew');
    expect(service.context.counters.sessionsTotal).toBe(2);
  });

  it('answers 2,000 datagrams of 50 clients, each to the right one', async () => {
    const service = await startService(await startServers(3));
    const clients = await Promise.all(
      Array.from({ length: 50 }, (_, index) => bindSocket(`127.0.0.${2 + (index % 5)}`)),
    );
    const heard = await Promise.all(clients.map((client, index) => talk(client, service, index)));
    for (const [index, answers] of heard.entries()) {
      // Always the same server, in order, and nobody else's.
      const server = answers[0]!.split(':')[0]!;
      expect(answers).toEqual(Array.from({ length: 40 }, (_, i) => `${server}:client ${index} message ${i}`));
    }
    expect(service.context.counters).toMatchObject({ sessions: 50, droppedTotal: 0 });
  });
});

/** Forty questions, the next one when the last was answered, so that no buffer runs over. */
async function talk(client: Socket, service: Service, index: number): Promise<readonly string[]> {
  const answers: string[] = [];
  for (let i = 0; i < 40; i++) answers.push(await askText(client, service, `client ${index} message ${i}`));
  return answers;
}
