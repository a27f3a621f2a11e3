import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import {
  Balancer,
  systemRuntime,
  type BalancerConfig,
  type ListenerOverview,
  type UdpServiceConfig,
} from '../../src/index.ts';

/** Balancers of UDP services, and sockets of servers and clients, all closed in the end. */
export class UdpScene {
  readonly log: string[] = [];
  readonly #closers: (() => unknown)[] = [];

  async startBalancer(config: BalancerConfig): Promise<Balancer> {
    const runtime = {
      ...systemRuntime,
      log: (_level: unknown, message: string) => void this.log.push(message),
    };
    const balancer = new Balancer(config, { runtime });
    this.#closers.push(() => balancer.stop({ graceMs: 0 }));
    await balancer.start();
    return balancer;
  }

  async bind(host = '127.0.0.1', port = 0): Promise<Socket> {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    socket.on('error', () => undefined);
    this.#closers.push(() => new Promise<void>((resolve) => socket.close(resolve)));
    socket.bind(port, host);
    await once(socket, 'listening');
    return socket;
  }

  /** A server that gives back whatever it is sent. @returns its options */
  async echo(name = 's1'): Promise<UdpServiceConfig['servers'][number]> {
    const socket = await this.bind();
    socket.on('message', (bytes, from) => {
      socket.send(bytes, from.port, from.address);
    });
    return { name, host: '127.0.0.1', port: socket.address().port };
  }

  /** A client that hears only whom it talks with, as most do. */
  async connect(host: string, port: number): Promise<Socket> {
    const socket = await this.bind(host.includes(':') ? '::' : '0.0.0.0');
    socket.connect(port, host);
    await once(socket, 'connect');
    return socket;
  }

  async close(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) await close();
    this.log.length = 0;
  }
}

export function udpService(
  name: string,
  servers: UdpServiceConfig['servers'],
  changes: Partial<Omit<UdpServiceConfig, 'mode'>> = {},
): UdpServiceConfig {
  return { name, mode: 'udp', host: '127.0.0.1', port: 0, servers, ...changes };
}

export function listenerOf(balancer: Balancer, service: string): ListenerOverview {
  return balancer.overview().services.find(({ name }) => name === service)!.listeners[0]!;
}

/** The port that a service is bound to. */
export function portOf(balancer: Balancer, service: string): number {
  return listenerOf(balancer, service).port;
}

/** The next datagram that a socket hears. */
export async function hear(socket: Socket, withinMs = 2_000): Promise<{ text: string; from: RemoteInfo }> {
  const [bytes, from] = (await once(socket, 'message', { signal: AbortSignal.timeout(withinMs) })) as [
    Buffer,
    RemoteInfo,
  ];
  return { text: bytes.toString('latin1'), from };
}
