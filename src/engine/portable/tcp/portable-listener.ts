import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { formatEndpoint } from '../../../model/endpoint.ts';
import type { AcceptOptions, Acceptor, ListenOptions, TcpListener } from '../../engine.ts';
import type { Tracked } from '../../common/engine-context.ts';
import type { PortableContext } from '../shared/portable-context.ts';
import { PortableConnection } from './portable-connection.ts';
import { bindError, handlerFault } from '../../common/system-errors.ts';
import { unclaimed } from '../../common/unclaimed.ts';

const defaultBacklog = 511;

/**
 * A listening `net.Server`. On `::` it takes IPv4 as well where the system is set so, as is usual.
 *
 * Node cannot stop accepting. So while it is paused, or there are no descriptors to serve them, connections are taken
 * and wait here unread: as many as the backlog and a third of the descriptors allow. Further ones are reset. Each one
 * here costs a descriptor.
 */
export class PortableListener implements TcpListener, Tracked {
  rosterSlot = -1;
  host = '';
  port = 0;
  acceptor: Acceptor;
  readonly #context: PortableContext;
  readonly #server: Server;
  #backlog: number;
  readonly #waiting: PortableConnection[] = [];
  #isPaused = false;
  #isClosed = false;

  static async open(
    context: PortableContext,
    options: ListenOptions,
    acceptor: Acceptor,
  ): Promise<PortableListener> {
    const listener = new PortableListener(context, options, acceptor);
    await listener.#open(options);
    return listener;
  }

  private constructor(context: PortableContext, options: ListenOptions, acceptor: Acceptor) {
    this.#context = context;
    this.acceptor = acceptor;
    this.#backlog = options.backlog ?? defaultBacklog;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true });
    this.#server.on('connection', (socket) => {
      this.#onSocket(socket);
    });
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#waiting.length > 0) this.#onRoom();
  }

  adjust({ backlog }: AcceptOptions): void {
    this.#backlog = backlog ?? defaultBacklog;
  }

  close(): Promise<void> {
    this.shutDown();
    return Promise.resolve();
  }

  shutDown(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // The port is free on return; Node's own callback would come after the last connection only.
    this.#server.close();
    while (this.#waiting.length > 0) this.#endWaiting()?.reset();
    this.#context.release(this);
  }

  async #open({ host, port }: ListenOptions): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      // In a cluster too, the port is this process's own.
      this.#server.listen({ host, port, backlog: this.#backlog, exclusive: true }, resolve);
    }).catch((cause: unknown) => {
      throw bindError('TCP', host, port, cause);
    });
    const address = this.#server.address() as AddressInfo;
    this.host = address.address;
    this.port = address.port;
    this.#context.track(this);
    this.#server.removeAllListeners('error').on('error', (error) => {
      const message = `${this.#name}: a connection could not be accepted: ${error.message}`;
      this.#context.limitedLog.tell(this.#name, 'warn', message);
    });
  }

  #onSocket(socket: Socket): void {
    this.#context.arrivals += 1;
    // A client that is gone already has no address any more: there is nobody to serve.
    const isGone = socket.remoteAddress === undefined || this.#isClosed;
    const mustWait = this.#isPaused || this.#waiting.length > 0 || !this.#hasRoom();
    if (isGone || (mustWait && !this.#hasWaitingRoom())) {
      socket.on('error', () => undefined).resetAndDestroy();
      return;
    }
    const connection = new PortableConnection(this.#context, socket, 'accepted', unclaimed);
    if (mustWait) this.#wait(connection);
    else this.#accept(connection);
  }

  /** Whether descriptors are left to serve one more, besides those for who waits. */
  #hasRoom(): boolean {
    return this.#context.admits(Math.min(this.#backlog, this.#context.budget.waitingRoom));
  }

  #hasWaitingRoom(): boolean {
    return this.#waiting.length < this.#backlog && this.#context.budget.hasWaitingRoom;
  }

  #wait(connection: PortableConnection): void {
    this.#waiting.push(connection);
    this.#context.budget.beginWaiting();
    this.#context.budget.addWaiter(this.#onRoom);
  }

  readonly #onRoom = (): void => {
    process.nextTick(this.#acceptWaiting);
  };

  readonly #acceptWaiting = (): void => {
    while (!this.#isPaused && this.#waiting.length > 0 && this.#hasRoom()) {
      const connection = this.#endWaiting();
      if (connection?.isClosed === false) this.#accept(connection);
    }
  };

  /** @returns who has waited longest */
  #endWaiting(): PortableConnection | undefined {
    const { budget } = this.#context;
    budget.endWaiting();
    const connection = this.#waiting.shift();
    if (this.#waiting.length === 0) budget.removeWaiter(this.#onRoom);
    return connection;
  }

  #accept(connection: PortableConnection): void {
    try {
      this.acceptor.onAccept(connection);
      if (connection.handler === unclaimed) throw new TypeError('onAccept must set a handler');
    } catch (error) {
      this.#context.logHandlerFault('onAccept', this.#name, error);
      connection.fail(handlerFault('onAccept', error));
    }
  }

  get #name(): string {
    return `the listener ${formatEndpoint(this.host, this.port)}`;
  }
}
