import { once } from 'node:events';
import { createSocket } from 'node:dgram';
import { readdirSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Connection, ConnectionHandler } from '../../../src/engine/engine.ts';
import { loadLibc } from '../../../src/engine/linux/kernel/libc.ts';
import { LinuxEngine } from '../../../src/engine/linux/linux-engine.ts';
import { linuxProblem } from '../../../src/engine/linux/self-test.ts';
import { systemRuntime } from '../../../src/runtime/system-runtime.ts';
import { turns } from './condition.ts';

const nothing: ConnectionHandler = {
  onConnect: () => undefined,
  onData: () => undefined,
  onEnd: (connection) => {
    connection.end();
  },
  onDrain: () => undefined,
  onRelayed: () => undefined,
  onClose: () => undefined,
};
const silence = { onDatagram: () => undefined, onError: () => undefined };

/** What Node knows nothing of, this engine has to close: counted by what the system says. */
describe.skipIf(linuxProblem() !== undefined)('the descriptors of the linux engine', () => {
  let engine: LinuxEngine;
  const log: string[] = [];

  beforeEach(() => {
    log.length = 0;
    engine = new LinuxEngine({ ...systemRuntime, log: (_level, message) => void log.push(message) });
  });
  afterEach(() => engine.close());

  /** Hands every client on to the server, and closes both as either closes. */
  async function proxyTo(port: number): Promise<number> {
    const onAccept = (client: Connection): void => {
      const other = (connection: Connection): Connection => (connection === client ? server : client);
      const handler: ConnectionHandler = {
        ...nothing,
        onEnd: (connection) => {
          other(connection).end();
        },
        onClose: (connection) => {
          other(connection).reset();
        },
      };
      const server: Connection = engine.connect({ host: '127.0.0.1', port }, handler);
      client.handler = handler;
      client.relay(server);
      server.relay(client);
    };
    return (await engine.listen({ host: '127.0.0.1', port: 0 }, { onAccept })).port;
  }

  it('are as many after 2,000 connections, aborted in every way, as before', async () => {
    const bulk = Buffer.alloc(300_000, 7);
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => undefined);
      socket.pipe(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const port = await proxyTo((server.address() as AddressInfo).port);
    const endings: ((socket: Socket) => void)[] = [
      (socket) => void socket.end('in order'),
      (socket) => void socket.once('data', () => socket.resetAndDestroy()).write('reset after an answer'),
      (socket) => void socket.resetAndDestroy(),
      (socket) => void socket.once('data', () => socket.resetAndDestroy()).write(bulk),
      (socket) => void socket.pause().end(bulk, () => socket.destroy()),
      (socket) => void socket.end(bulk),
    ];
    let left = 2000;
    const before = descriptors();
    const lane = async (): Promise<void> => {
      while (left > 0) {
        const socket = connect({ host: '127.0.0.1', port }).resume();
        socket.on('error', () => undefined);
        socket.once('connect', () => endings[left-- % endings.length]?.(socket));
        await once(socket, 'close');
      }
    };
    await Promise.all(Array.from({ length: 32 }, lane));
    await new Promise((resolve) => server.close(resolve));
    await turns(50);
    // Emptied pipes are kept for the next relay: 16 at most.
    expect(descriptors() - before).toBeLessThanOrEqual(32);
    await engine.close();
    // The server, the listener and the engine's own are gone as well.
    expect(descriptors()).toBeLessThan(before);
  }, 30_000);

  it('are closed wherever opening fails', async () => {
    const before = descriptors();
    const taken = createSocket('udp4').bind(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = await engine.listen({ host: '127.0.0.1', port: 0 }, { onAccept: () => undefined });
    for (let i = 0; i < 20; i++) {
      for (const host of ['127.0.0.1', '203.0.113.1', '2001:db8::1']) {
        const listening = engine.listen({ host, port }, { onAccept: () => undefined });
        await expect(listening).rejects.toMatchObject({ name: 'SluiceError' });
        const binding = engine.bindUdp({ host, port: taken.address().port }, silence);
        await expect(binding).rejects.toMatchObject({ name: 'SluiceError' });
      }
      for (const options of [
        { host: '127.0.0.1', port: 1 },
        { host: '255.255.255.255', port: 1 },
        { host: '127.0.0.1', port: 70_000 },
        { host: '127.0.0.1', port: 1, localAddress: '203.0.113.1' },
      ]) {
        const udp = engine.connectUdp(options, silence);
        await new Promise((resolve) => {
          engine.connect(options, { ...nothing, onClose: resolve });
        });
        udp.close();
      }
    }
    await new Promise<void>((resolve) => taken.close(resolve));
    await engine.close();
    await turns();
    // The engine's own two are gone as well.
    expect(descriptors()).toBeLessThan(before);
  });

  it('may run out: clients wait then, and are served as soon as there are descriptors', async () => {
    let accepted = 0;
    const connections: Connection[] = [];
    const onAccept = (connection: Connection): void => {
      accepted++;
      connections.push(connection);
      connection.handler = nothing;
      connection.resume();
    };
    const listener = await engine.listen({ host: '127.0.0.1', port: 0 }, { onAccept });
    listener.pause();
    const clients = Array.from({ length: 6 }, () => connect({ host: '127.0.0.1', port: listener.port }));
    for (const client of clients) client.on('error', () => undefined);
    await Promise.all(clients.map((client) => once(client, 'connect')));
    const restore = leaveDescriptors(2);
    try {
      listener.resume();
      while (log.length === 0) await turns(1);
      await turns();
      expect(accepted).toBe(2);
      expect(log).toHaveLength(1);
      expect(log[0]).toContain('EMFILE');
      connections[0]?.reset();
      while (accepted < 3) await turns(1);
    } finally {
      restore();
    }
    while (accepted < 6) await new Promise((resolve) => setTimeout(resolve, 50));
    for (const client of clients) client.destroy();
  });
});

function descriptors(): number {
  return openDescriptors().length;
}

function openDescriptors(): number[] {
  return readdirSync('/proc/self/fd').map(Number);
}

/** Lets this process open so many more descriptors only. @returns what lifts the limit again */
function leaveDescriptors(count: number): () => void {
  const library = loadLibc().koffi.load(null);
  const getLimit = library.func('int getrlimit(int, void *)') as (resource: number, limit: Buffer) => number;
  const setLimit = library.func('int setrlimit(int, void *)') as (resource: number, limit: Buffer) => number;
  const numberOfFiles = 7;
  const limit = Buffer.alloc(16);
  getLimit(numberOfFiles, limit);
  const before = limit.readBigUInt64LE();
  // Reading the folder took one itself, which is free again.
  const open = new Set(openDescriptors());
  let soft = 0;
  for (let free = 0; free < count; soft++) if (!open.has(soft)) free++;
  limit.writeBigUInt64LE(BigInt(soft - 1));
  setLimit(numberOfFiles, limit);
  return () => {
    limit.writeBigUInt64LE(before);
    setLimit(numberOfFiles, limit);
  };
}
