import { once } from 'node:events';
import type { Server, Socket } from 'node:net';

/** A TCP server that can be stopped in good order, killed, and started again on the same port. */
export class TcpService {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      // A client that vanishes is nobody's fault here.
      socket.on('error', () => socket.destroy());
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  async listen(host: string, port: number): Promise<void> {
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
  }

  /** Takes no new connections, gives those that stand some time to end, then drops them. */
  async stop(graceMs: number): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    const limit = setTimeout(() => this.#dropAll(), graceMs);
    await closed;
    clearTimeout(limit);
  }

  /** Drops everything at once, as a process that dies does. */
  async kill(): Promise<void> {
    this.#dropAll();
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#dropAll();
    await closed;
  }

  #dropAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
