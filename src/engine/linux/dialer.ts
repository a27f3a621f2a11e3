import { lookup } from 'node:dns';
import type { SluiceError } from '../../errors.ts';
import { isIpAddress } from '../../model/address.ts';
import type { ConnectOptions } from '../engine.ts';
import { connectError, resetError } from '../system-errors.ts';
import type { LinuxContext } from './linux-context.ts';
import { bindSocket, connectSocket, openSocket, setTcpOptions } from './open-socket.ts';
import type { Watched } from './reactor.ts';
import { familyOf, socketAddressOf } from './socket-address.ts';
import { EPOLLERR, EPOLLHUP, EPOLLOUT, SOCK_STREAM } from './system-constants.ts';
import { systemError } from './system-error.ts';
import { TcpSocket } from './tcp-socket.ts';

/** Whom a {@link Dialer} works for. Told in a turn of the reactor, except for `onDialFailed`. */
export interface DialOwner {
  /** The connection with that IP address stands; the socket is the owner's from now on. */
  onDialled(socket: TcpSocket, host: string): void;
  /** May come from inside `start`. */
  onDialFailed(error: SluiceError): void;
  fail(fault: SluiceError): void;
}

/** Connects to one other side: tries the addresses of a host name one after the other until one takes it. */
export class Dialer implements Watched {
  readonly #context: LinuxContext;
  readonly #options: ConnectOptions;
  readonly #owner: DialOwner;
  #hosts: string[] = [];
  /** The address tried last. */
  #host = '';
  #socket: TcpSocket | undefined = undefined;
  #isCancelled = false;

  constructor(context: LinuxContext, options: ConnectOptions, owner: DialOwner) {
    this.#context = context;
    this.#options = options;
    this.#owner = owner;
  }

  start(): void {
    const { host } = this.#options;
    if (isIpAddress(host)) {
      this.#hosts = [host];
      this.#dialNext();
      return;
    }
    lookup(host, { all: true }, (error, addresses) => {
      if (this.#isCancelled) return;
      if (error === null) this.#hosts = this.#usable(addresses.map(({ address }) => address));
      this.#dialNext(error);
    });
  }

  /** Nothing is told afterwards; what stands is reset. */
  cancel(): void {
    this.#isCancelled = true;
    this.#socket?.reset();
    this.#socket = undefined;
  }

  /** Why the connection that stood is gone. */
  brokenBy(cause: unknown): SluiceError {
    return resetError('server', this.#options.host, this.#options.port, cause);
  }

  onReady(events: number): void {
    const socket = this.#socket;
    if (socket === undefined || (events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) === 0) return;
    socket.note(events);
    this.#socket = undefined;
    const errno = socket.isBroken ? socket.takeError() : 0;
    if (errno === 0) {
      this.#owner.onDialled(socket, this.#host);
    } else {
      socket.close();
      this.#dialNext(systemError('connect', errno));
    }
  }

  fail(fault: SluiceError): void {
    this.#owner.fail(fault);
  }

  /** @param cause why the one before failed */
  #dialNext(cause?: unknown): void {
    let reason = cause;
    for (let host = this.#hosts.shift(); host !== undefined; host = this.#hosts.shift()) {
      this.#host = host;
      try {
        this.#dial(host);
        return;
      } catch (error) {
        reason = error;
      }
    }
    this.#owner.onDialFailed(connectError(this.#options.host, this.#options.port, reason));
  }

  /** @throws Error why it cannot even start */
  #dial(host: string): void {
    const { libc } = this.#context;
    const { port, localAddress, quickAck = true } = this.#options;
    const remote = socketAddressOf(host, port);
    const local = localAddress === undefined ? undefined : socketAddressOf(localAddress, 0);
    const descriptor = openSocket(libc, remote.family, SOCK_STREAM);
    try {
      setTcpOptions(libc, descriptor);
      if (local !== undefined) bindSocket(libc, descriptor, local);
      connectSocket(libc, descriptor, remote);
      const socket = new TcpSocket(this.#context, descriptor, quickAck);
      socket.watch(this);
      this.#socket = socket;
    } catch (error) {
      this.#context.closeDescriptor(descriptor);
      throw error;
    }
  }

  /** Addresses of the family to connect from, where there are any. */
  #usable(hosts: string[]): string[] {
    const { localAddress } = this.#options;
    if (localAddress === undefined) return hosts;
    const usable = hosts.filter((host) => familyOf(host) === familyOf(localAddress));
    return usable.length > 0 ? usable : hosts;
  }
}
