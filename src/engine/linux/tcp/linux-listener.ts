import type { SluiceError } from '../../../base/errors.ts';
import { IpAddress } from '../../../model/address.ts';
import { formatEndpoint } from '../../../model/endpoint.ts';
import type { Timer } from '../../../runtime/runtime.ts';
import type { AcceptOptions, Acceptor, ListenOptions, TcpListener } from '../../engine.ts';
import type { Tracked } from '../../common/engine-context.ts';
import { measureDescriptors } from '../../budget/descriptor-limit.ts';
import { bindError, handlerFault } from '../../common/system-errors.ts';
import { unclaimed } from '../../common/unclaimed.ts';
import { LinuxConnection } from './linux-connection.ts';
import type { Libc } from '../kernel/libc.ts';
import type { LinuxContext } from '../shared/linux-context.ts';
import {
  duplicateSocket,
  openBoundSocket,
  readLocalAddress,
  setKeepAlive,
  setNoDelay,
  setNumber,
  type BoundSocketOptions,
} from '../kernel/open-socket.ts';
import type { Task, Watched } from '../loop/reactor.ts';
import { readSocketAddress, socketAddressSize } from '../kernel/socket-address.ts';
import {
  CLOEXEC,
  EAGAIN,
  EMFILE,
  ENFILE,
  ENOBUFS,
  ENOMEM,
  EPOLLIN,
  NONBLOCK,
  SOCK_STREAM,
  SOL_SOCKET,
  SO_REUSEADDR,
} from '../kernel/system-constants.ts';
import { systemError } from '../kernel/system-error.ts';

const defaultBacklog = 511;
/** Connections accepted in one turn, before others have theirs. */
const maxAcceptsPerTurn = 64;
/** The longest wait of a listener for a descriptor: those of others are closed unnoticed. */
const starvingRetryMs = 1000;

const clientBytes = Buffer.alloc(socketAddressSize);
const clientLength = Buffer.alloc(4);

/**
 * A listening socket. While it is paused, or this process has no descriptor left, clients wait in the kernel's
 * backlog.
 */
export class LinuxListener implements TcpListener, Tracked, Watched, Task {
  rosterSlot = -1;
  readonly host: string;
  readonly port: number;
  acceptor: Acceptor;
  readonly #context: LinuxContext;
  readonly #descriptor: number;
  #quickAck: boolean;
  readonly #address = new IpAddress();
  readonly #isWildcard: boolean;
  #isPaused = false;
  #isClosed = false;
  /** Set while there is no descriptor for the next client. */
  #retry: Timer | undefined = undefined;

  /** @throws SluiceError as `Engine.listen` */
  constructor(context: LinuxContext, options: ListenOptions, acceptor: Acceptor) {
    this.#context = context;
    this.acceptor = acceptor;
    this.#quickAck = options.quickAck ?? true;
    let descriptor = -1;
    try {
      descriptor =
        options.descriptor === undefined
          ? openListening(context.libc, options)
          : duplicateSocket(context.libc, options.descriptor);
      this.#descriptor = descriptor;
      this.port = readLocalAddress(context.libc, this.#descriptor, this.#address);
      this.host = this.#address.toString();
      this.#isWildcard = this.host === '0.0.0.0' || this.host === '::';
      context.reactor.watch(descriptor, EPOLLIN, this);
    } catch (cause) {
      if (descriptor >= 0) context.closeDescriptor(descriptor);
      throw bindError('TCP', options.host, options.port, cause);
    }
    context.track(this);
  }

  pause(): void {
    if (this.#isPaused || this.#isClosed) return;
    this.#isPaused = true;
    this.#watch();
  }

  resume(): void {
    if (!this.#isPaused || this.#isClosed) return;
    this.#isPaused = false;
    this.#watch();
  }

  adjust({ backlog, quickAck }: AcceptOptions): void {
    if (this.#isClosed) return;
    this.#quickAck = quickAck ?? true;
    // On a socket that listens already, this changes the length of the backlog and nothing else.
    this.#context.libc.listen(this.#descriptor, backlog ?? defaultBacklog);
  }

  close(): Promise<void> {
    this.shutDown();
    return Promise.resolve();
  }

  shutDown(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopStarving();
    this.#context.closeBound(this.#descriptor);
    this.#context.release(this);
  }

  readAhead(): void {
    // Nothing is received ahead.
  }

  onReady(): void {
    for (let count = 0; count < maxAcceptsPerTurn && this.#isAccepting; count++) {
      if (!this.#context.admits()) this.#starve();
      else if (!this.#acceptOne()) return;
    }
  }

  /** A descriptor may be free again. */
  run(): void {
    if (this.#isClosed) return;
    if (this.#context.admits()) {
      this.#stopStarving();
      this.#watch();
    } else this.#context.awaitDescriptor(this);
  }

  fail(fault: SluiceError): void {
    this.#context.runtime.log('error', `${this.#name}: ${fault.message}`);
  }

  get #isAccepting(): boolean {
    return !this.#isPaused && !this.#isClosed && this.#retry === undefined;
  }

  /** @returns false where nobody waits, or nobody can be taken */
  #acceptOne(): boolean {
    const { libc } = this.#context;
    clientLength.writeUInt32LE(socketAddressSize);
    const descriptor = libc.accept(this.#descriptor, clientBytes, clientLength, NONBLOCK | CLOEXEC);
    if (descriptor >= 0) {
      this.#accept(descriptor);
      return true;
    }
    const errno = libc.errno();
    if (errno === EAGAIN) return false;
    if (errno === EMFILE || errno === ENFILE || errno === ENOBUFS || errno === ENOMEM) {
      this.#warn(errno);
      this.#starve();
    }
    // Else it is this one client's connection that failed.
    return true;
  }

  #accept(descriptor: number): void {
    const connection = new LinuxConnection(this.#context, undefined, this.#quickAck, unclaimed);
    const client = new IpAddress();
    connection.remotePort = readSocketAddress(clientBytes, 0, client);
    connection.remoteAddress = client;
    try {
      connection.adopt(descriptor, this.#isWildcard ? undefined : this.#address, this.port);
      this.acceptor.onAccept(connection);
      if (connection.handler === unclaimed) throw new TypeError('onAccept must set a handler');
    } catch (error) {
      this.#context.logHandlerFault('onAccept', this.#name, error);
      connection.fail(handlerFault('onAccept', error));
    }
  }

  #watch(): void {
    this.#context.reactor.rewatch(this.#descriptor, this.#isAccepting ? EPOLLIN : 0);
  }

  #warn(errno: number): void {
    const message = `${this.#name}: clients wait: ${systemError('accept', errno).message}`;
    this.#context.limitedLog.tell(this.#name, 'warn', message);
  }

  /** Makes clients wait until a descriptor is free. */
  #starve(): void {
    this.#retryLater();
    this.#watch();
    this.#context.awaitDescriptor(this);
  }

  #retryLater(): void {
    this.#retry = this.#context.runtime.clock.schedule(starvingRetryMs, () => {
      measureDescriptors();
      this.#retryLater();
      this.run();
    });
  }

  #stopStarving(): void {
    this.#retry?.cancel();
    this.#retry = undefined;
    this.#context.stopAwaiting(this);
  }

  get #name(): string {
    return `the listener ${formatEndpoint(this.host, this.port)}`;
  }
}

/** @returns the descriptor, which is the caller's */
export function openListening(
  libc: Libc,
  { backlog, ...where }: BoundSocketOptions & Pick<ListenOptions, 'backlog'>,
): number {
  const descriptor = openBoundSocket(libc, SOCK_STREAM, where, (opened) => {
    setNumber(libc, opened, SOL_SOCKET, SO_REUSEADDR, 1);
    setNoDelay(libc, opened);
    setKeepAlive(libc, opened);
  });
  if (libc.listen(descriptor, backlog ?? defaultBacklog) >= 0) return descriptor;
  const error = systemError('listen', libc.errno());
  libc.close(descriptor);
  throw error;
}
