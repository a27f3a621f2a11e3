import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { OtherSide } from '../contract/engine/other-side.ts';
import { Condition } from '../contract/engine/condition.ts';
import { ownAddress } from './own-address.ts';

/** A real server that says its name to everyone who connects, and keeps what it is sent. */
export class TinyServer {
  readonly name: string;
  readonly host: string;
  /** Every session, in order. */
  readonly sessions: OtherSide[] = [];
  /** Called with each session as it comes. */
  onSession: (session: OtherSide) => void = () => undefined;
  readonly #server: Server;
  readonly #condition = new Condition();
  #port = 0;

  constructor(name: string, host = ownAddress()) {
    this.name = name;
    this.host = host;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      const session = new OtherSide(socket);
      this.sessions.push(session);
      this.onSession(session);
      socket.write(name);
      this.#condition.changed();
    });
  }

  static async start(name: string, { host = ownAddress(), port = 0 } = {}): Promise<TinyServer> {
    const server = new TinyServer(name, host);
    await server.listen(port);
    return server;
  }

  get port(): number {
    return this.#port;
  }

  /** As a pool wants it. */
  get options(): { readonly name: string; readonly host: string; readonly port: number } {
    return { name: this.name, host: this.host, port: this.#port };
  }

  /** Listens again on the port that it had. */
  async listen(port = this.#port): Promise<void> {
    this.#server.listen(port, this.host);
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** The session of that number, once it is there. */
  async session(index = 0): Promise<OtherSide> {
    await this.#condition.until(() => this.sessions.length > index);
    return this.sessions[index]!;
  }

  /** Refuses connections from now on; sessions live. */
  refuse(): void {
    if (this.#server.listening) this.#server.close();
  }

  /** Drops everything, as a process that dies does. */
  kill(): void {
    this.refuse();
    for (const { socket } of this.sessions) socket.destroy();
  }
}
