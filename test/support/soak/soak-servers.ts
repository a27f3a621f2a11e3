import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { holdClosedPort, type ClosedPort } from '../closed-port.ts';

const bulkBytes = 300_000;
/** Enough for an engine to splice it. */
const bulk = Buffer.alloc(bulkBytes, 7);

/** What the first byte from a client has the server do. */
const commands: Readonly<Record<string, (socket: Socket) => void>> = {
  /** Echoes, and ends after the client. */
  e: (socket) => {
    socket.write('e');
  },
  r: (socket) => socket.resetAndDestroy(),
  /** Ends first. */
  f: (socket) => socket.end('f'),
  /** Says much, so that it is spliced. */
  b: (socket) => socket.end(bulk),
};

/** The real servers of a soak: what a client says tells them how to end. */
export class SoakServers {
  readonly #tcp = createServer({ allowHalfOpen: true });
  readonly #http = createHttpServer((request, response) => {
    request.resume();
    response.end(request.url === '/bulk' ? bulk : 'hello');
  });
  readonly #udp: UdpSocket = createSocket('udp4');
  #closed: ClosedPort | undefined = undefined;

  async start(): Promise<void> {
    this.#tcp.on('connection', (socket) => {
      socket.on('error', () => undefined);
      socket.on('end', () => socket.end());
      socket.once('data', (bytes) => {
        const command = commands[String.fromCharCode(bytes[0] ?? 0)];
        if (command === undefined) socket.destroy();
        else command(socket);
        socket.resume();
      });
    });
    this.#udp.on('message', (message, { address, port }) => {
      this.#udp.send(message, port, address);
    });
    this.#closed = await holdClosedPort();
    await Promise.all([
      listening(this.#tcp),
      listening(this.#http),
      once(this.#udp.bind(0, '127.0.0.1'), 'listening'),
    ]);
  }

  /** A port on which nobody listens. */
  get closedPort(): number {
    return this.#closed?.port ?? 0;
  }

  get tcpPort(): number {
    return portOf(this.#tcp);
  }

  get httpPort(): number {
    return portOf(this.#http);
  }

  get udpPort(): number {
    return this.#udp.address().port;
  }

  close(): void {
    this.#tcp.close();
    this.#http.close();
    this.#http.closeAllConnections();
    this.#udp.close();
    this.#closed?.release();
  }
}

async function listening<T extends Server>(server: T): Promise<T> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
