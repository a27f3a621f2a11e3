import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { descriptorBudget } from '../../../src/engine/descriptor-limit.ts';
import type { DescriptorBudget } from '../../../src/engine/descriptor-budget.ts';
import type { Runtime } from '../../../src/runtime/runtime.ts';
import { systemRuntime } from '../../../src/runtime/system-runtime.ts';

/** False on machines without IPv6, whose tests are then skipped. */
export const hasIpv6 = Object.values(networkInterfaces()).some((list) =>
  list?.some(({ address }) => address === '::1'),
);

/** Where an engine under test lives: its clock, its descriptors, and plain sockets for the far ends. */
export interface PlainWorld {
  readonly runtime: Runtime;
  readonly budget: DescriptorBudget;
  /** A plain socket that connects to a port of this machine, half-open allowed. */
  dial(port: number, host: string): Socket;
  /** A plain server on 127.0.0.1, half-open allowed. @returns its port */
  serve(onSocket: (socket: Socket) => void): Promise<number>;
  /** Closes the server that was begun last. */
  closeLastServer(): void;
  /** A plain UDP port on 127.0.0.1, bound. */
  bindUdp(): Promise<UdpSocket>;
  /** Everything is gone. */
  dispose(): Promise<void>;
}

/** The machine that the tests run on, by Node.js. */
export class SystemWorld implements PlainWorld {
  readonly runtime = systemRuntime;
  readonly budget = descriptorBudget();
  readonly #sockets: Socket[] = [];
  readonly #servers: Server[] = [];
  readonly #udpSockets: UdpSocket[] = [];

  dial(port: number, host: string): Socket {
    const socket = connect({ host, port, allowHalfOpen: true });
    this.#sockets.push(socket);
    return socket;
  }

  async serve(onSocket: (socket: Socket) => void): Promise<number> {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      this.#sockets.push(socket);
      // An engine that closes resets what is left, and may be seen to do so before it says that it is closed.
      socket.on('error', () => undefined);
      onSocket(socket);
    });
    this.#servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  closeLastServer(): void {
    this.#servers.pop()?.close();
  }

  async bindUdp(): Promise<UdpSocket> {
    const socket = createSocket('udp4');
    this.#udpSockets.push(socket);
    socket.once('close', () => this.#udpSockets.splice(this.#udpSockets.indexOf(socket), 1));
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return socket;
  }

  async dispose(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    for (const socket of [...this.#udpSockets]) socket.close();
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}
