import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import type { RelayPorts } from './programs/relaying-engine.ts';

/** Enough for an engine to go over from copying to splicing. */
const bulkBytes = 8 * 1_048_576;

/** A server that echoes. */
export async function echoServer(): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

/** Clients of a relay that never stop by themselves: small messages, bulk, and datagrams. */
export class RelayTraffic {
  readonly #closings: Promise<unknown>[] = [];
  readonly #udp = createSocket('udp4');

  /** Resolves once everybody was answered, and bulk has come back in bulk. */
  async start({ tcp, udp }: RelayPorts): Promise<void> {
    const small = Array.from({ length: 8 }, () => this.#chat(tcp, Buffer.from('hello'), 5));
    const bulk = Array.from({ length: 2 }, () => this.#chat(tcp, Buffer.alloc(1_048_576), bulkBytes));
    this.#udp.on('message', (message) => {
      this.#udp.send(message, udp, '127.0.0.1');
    });
    this.#udp.on('error', () => undefined);
    this.#udp.send('hello', udp, '127.0.0.1');
    await Promise.all([once(this.#udp, 'message'), ...small, ...bulk]);
  }

  /** Resolves once every client has seen its connection end. */
  async untilEnded(): Promise<void> {
    this.#udp.close();
    await Promise.all(this.#closings);
  }

  /** Sends whenever it may; resolves after so many bytes came back. */
  async #chat(port: number, message: Buffer, byteCount: number): Promise<void> {
    const socket = connect({ host: '127.0.0.1', port });
    this.#closings.push(new Promise((resolve) => socket.once('close', resolve)));
    let received = 0;
    await new Promise<void>((resolve) => {
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        received += chunk.length;
        if (received >= byteCount) resolve();
        if (socket.writableLength === 0) socket.write(message);
      });
      socket.write(message);
    });
  }
}
