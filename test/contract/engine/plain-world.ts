import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import dns from 'node:dns';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { descriptorBudget } from '../../../src/engine/budget/descriptor-limit.ts';
import type { DescriptorBudget } from '../../../src/engine/budget/descriptor-budget.ts';
import type { Runtime } from '../../../src/runtime/runtime.ts';
import { BlackHole } from '../../support/black-hole.ts';
import { closedPort, closedUdpPort } from '../../support/closed-port.ts';
import { NameServer, type NameEntry } from '../../support/name-server.ts';
import { canSendUrgent } from '../../support/urgent-data.ts';
import { systemRuntime } from '../../../src/runtime/system-runtime.ts';

/** False on machines without IPv6, whose tests are then skipped. */
export const hasIpv6 = Object.values(networkInterfaces()).some((list) =>
  list?.some(({ address }) => address === '::1'),
);

/** Host names of a test, and what was asked: `name A` or `name AAAA`. */
export interface PlainNames {
  readonly queries: readonly string[];
  set(name: string, entry: NameEntry): void;
}

/** Where an engine under test lives: its clock, its descriptors, and plain sockets for the far ends. */
export interface PlainWorld {
  readonly runtime: Runtime;
  readonly budget: DescriptorBudget;
  /** What was sent has arrived by the time that the call returns. */
  readonly isInstant: boolean;
  readonly hasUrgentData: boolean;
  /** So many bytes are taken by the system of a sender at once, though nobody reads them. */
  readonly takenAtOnce: number;
  /** A plain socket that connects to a port of this machine, half-open allowed. */
  dial(port: number, host: string): Socket;
  /** A plain server, half-open allowed; on 127.0.0.1 and a free port unless told otherwise. @returns its port */
  serve(onSocket: (socket: Socket) => void, host?: string, port?: number): Promise<number>;
  /** A port on 127.0.0.1 on which nothing listens. */
  closedPort(): Promise<number>;
  closedUdpPort(): Promise<number>;
  /** A plain UDP port, bound; on 127.0.0.1 and a free port unless told otherwise. */
  bindUdp(host?: string, port?: number): Promise<UdpSocket>;
  /** A port on 127.0.0.1 where connecting neither succeeds nor fails. */
  silentPort(): Promise<number>;
  /** From now on host names are those that a test sets. */
  openNames(): Promise<PlainNames>;
  /** Everything is gone. */
  dispose(): Promise<void>;
}

/** The machine that the tests run on, by Node.js. */
export class SystemWorld implements PlainWorld {
  readonly runtime = systemRuntime;
  readonly budget = descriptorBudget();
  readonly isInstant = true;
  readonly hasUrgentData = canSendUrgent;
  readonly takenAtOnce = 200_000;
  readonly #sockets: Socket[] = [];
  readonly #servers: Server[] = [];
  readonly #udpSockets: UdpSocket[] = [];
  readonly #closers: (() => unknown)[] = [];

  dial(port: number, host: string): Socket {
    const socket = connect({ host, port, allowHalfOpen: true });
    this.#sockets.push(socket);
    return socket;
  }

  async serve(onSocket: (socket: Socket) => void, host = '127.0.0.1', port = 0): Promise<number> {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      this.#sockets.push(socket);
      // An engine that closes resets what is left, and may be seen to do so before it says that it is closed.
      socket.on('error', () => undefined);
      onSocket(socket);
    });
    this.#servers.push(server);
    server.listen(port, host);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  closedPort(): Promise<number> {
    return closedPort();
  }

  closedUdpPort(): Promise<number> {
    return closedUdpPort();
  }

  async bindUdp(host = '127.0.0.1', port = 0): Promise<UdpSocket> {
    const socket = createSocket('udp4');
    this.#udpSockets.push(socket);
    socket.once('close', () => this.#udpSockets.splice(this.#udpSockets.indexOf(socket), 1));
    socket.bind(port, host);
    await once(socket, 'listening');
    return socket;
  }

  async silentPort(): Promise<number> {
    const hole = await BlackHole.open();
    this.#closers.push(() => hole.close());
    return hole.port;
  }

  async openNames(): Promise<PlainNames> {
    const serversBefore = dns.getServers();
    const server = await NameServer.start();
    this.#closers.push(() => {
      dns.setServers(serversBefore);
      server.close();
    });
    dns.setServers([server.address]);
    return {
      queries: server.queries,
      set: (name, entry) => {
        server.names.set(name, entry);
      },
    };
  }

  async dispose(): Promise<void> {
    for (const close of this.#closers.splice(0)) await close();
    for (const socket of this.#sockets) socket.destroy();
    for (const socket of [...this.#udpSockets]) socket.close();
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}
