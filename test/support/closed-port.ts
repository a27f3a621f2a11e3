import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A TCP port of 127.0.0.1 on which nothing listens. A client has it as its own, so the system gives it to nobody. */
export interface ClosedPort {
  readonly port: number;
  /** Gives it back. */
  release(): void;
}

/** What holds the ports that nobody releases, until the process ends. */
const holders: unknown[] = [];

export async function holdClosedPort(): Promise<ClosedPort> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1').unref();
  const [[accepted]] = (await Promise.all([once(server, 'connection'), once(client, 'connect')])) as [
    [Socket],
    [],
  ];
  server.close();
  accepted.unref();
  return {
    port: client.localPort ?? 0,
    release: () => {
      client.destroy();
      accepted.destroy();
    },
  };
}

/** As {@link holdClosedPort}, for good. */
export async function closedPort(): Promise<number> {
  const held = await holdClosedPort();
  holders.push(held);
  return held.port;
}

/** As {@link closedPort}, of UDP: it takes datagrams of one peer only, which sends none. */
export async function closedUdpPort(): Promise<number> {
  const socket = createSocket('udp4').unref();
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  socket.connect(9, '127.0.0.1');
  await once(socket, 'connect');
  holders.push(socket);
  return socket.address().port;
}
