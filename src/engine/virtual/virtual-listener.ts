import { formatEndpoint } from '../../model/endpoint.ts';
import type { IpAddress } from '../../model/address.ts';
import type { AcceptOptions, Acceptor, ListenOptions, TcpListener } from '../engine.ts';
import type { Tracked } from '../common/engine-context.ts';
import { handlerFault } from '../common/system-errors.ts';
import { unclaimed } from '../common/unclaimed.ts';
import type { Happening } from './agenda.ts';
import { VirtualConnection, type Tenancy } from './virtual-connection.ts';
import type { VirtualContext } from './virtual-context.ts';
import type { Caller, CallTaker } from './virtual-host.ts';

const defaultBacklog = 511;

/**
 * A listening port of a virtual host. A caller stands in the backlog at once, and may send; where that is full,
 * callers wait unanswered, as on Linux.
 */
export class VirtualListener implements TcpListener, Tracked, Happening, CallTaker, Tenancy {
  rosterSlot = -1;
  isAwaited = false;
  readonly host: string;
  readonly port: number;
  acceptor: Acceptor;
  readonly #context: VirtualContext;
  #backlogSize: number;
  readonly #backlog: VirtualConnection[] = [];
  readonly #unanswered: Caller[] = [];
  #isPaused = false;
  #isClosed = false;

  constructor(context: VirtualContext, options: ListenOptions, address: IpAddress, acceptor: Acceptor) {
    this.#context = context;
    this.acceptor = acceptor;
    this.#backlogSize = options.backlog ?? defaultBacklog;
    this.host = options.host;
    this.port = options.port;
    context.host.tcp.bind(address, options.port, this);
    context.track(this);
  }

  take(caller: Caller): void {
    if (this.#backlog.length >= this.#backlogSize) this.#unanswered.push(caller);
    else this.#answer(caller);
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#wake();
  }

  adjust({ backlog }: AcceptOptions): void {
    this.#backlogSize = backlog ?? defaultBacklog;
    this.#answerWaiting();
  }

  close(): Promise<void> {
    this.shutDown();
    return Promise.resolve();
  }

  shutDown(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { host, budget } = this.#context;
    host.tcp.unbind(this.port, this);
    budget.removeWaiter(this.#onRoom);
    for (const connection of this.#backlog.splice(0)) connection.reset();
    for (const caller of this.#unanswered.splice(0)) caller.onRefused();
    this.#context.release(this);
  }

  /** Accepts one. */
  happen(): void {
    if (this.#isPaused || this.#isClosed || this.#backlog.length === 0) return;
    const { budget } = this.#context;
    if (!this.#context.admits()) {
      budget.addWaiter(this.#onRoom);
      return;
    }
    budget.removeWaiter(this.#onRoom);
    const connection = this.#backlog.shift();
    if (connection !== undefined) this.#accept(connection);
    this.#answerWaiting();
    this.#wake();
  }

  /** A connection that was accepted here is gone. */
  leave(): void {
    this.#context.budget.giveBack('accepted');
  }

  #wake(): void {
    if (!this.#isPaused && this.#backlog.length > 0) this.#context.medium.agenda.add(this);
  }

  readonly #onRoom = (): void => {
    this.#wake();
  };

  /** There may be room for callers that were not answered. */
  #answerWaiting(): void {
    while (this.#unanswered.length > 0 && this.#backlog.length < this.#backlogSize) {
      const caller = this.#unanswered.shift();
      if (caller?.isCancelled === false) this.#answer(caller);
    }
  }

  #answer(caller: Caller): void {
    const connection = new VirtualConnection(this.#context, 'accepted', unclaimed);
    const { address, port, end } = caller;
    const wire = this.#context.medium.wire(caller.host, this.#context.host);
    connection.remoteAddress.set(address.w0, address.w1, address.w2, address.w3);
    connection.remotePort = port;
    const local = end.remoteAddress;
    connection.localAddress.set(local.w0, local.w1, local.w2, local.w3);
    connection.localPort = this.port;
    caller.stream.connect(connection, wire);
    connection.outgoing.connect(end, wire);
    connection.stand(caller.stream);
    caller.onAnswered(connection.outgoing);
    this.#backlog.push(connection);
    this.#wake();
  }

  #accept(connection: VirtualConnection): void {
    this.#context.budget.take('accepted');
    connection.adopt(this);
    try {
      this.acceptor.onAccept(connection);
      if (connection.handler === unclaimed) throw new TypeError('onAccept must set a handler');
    } catch (error) {
      this.#context.logHandlerFault(
        'onAccept',
        `the listener ${formatEndpoint(this.host, this.port)}`,
        error,
      );
      connection.fail(handlerFault('onAccept', error));
    }
  }
}
