import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * Lets a program that cannot choose its source address appear as another client: whatever connects to `port` on
 * 127.0.0.1 goes on to a service from `localAddress`.
 */
export class SourceRelay {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;

  private constructor(server: Server, sockets: Set<Socket>) {
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
    this.#sockets = sockets;
  }

  static async start(localAddress: string, host: string, port: number): Promise<SourceRelay> {
    const sockets = new Set<Socket>();
    const server = createServer({ noDelay: true }, (client) => {
      const service = connect({ host, port, localAddress, noDelay: true });
      for (const [socket, other] of [
        [client, service],
        [service, client],
      ] as const) {
        sockets.add(socket);
        socket.pipe(other);
        socket.once('error', () => other.destroy());
        socket.once('close', () => {
          sockets.delete(socket);
          other.destroy();
        });
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new SourceRelay(server, sockets);
  }

  async stop(): Promise<void> {
    const closed = once(this.#server.close(), 'close');
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
