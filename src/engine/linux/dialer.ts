import { lookup } from 'node:dns';
import type { SluiceError } from '../../errors.ts';
import { isIpAddress, type IpAddress } from '../../model/address.ts';
import type { ConnectOptions } from '../engine.ts';
import { connectError } from '../system-errors.ts';
import type { LinuxContext } from './linux-context.ts';
import { bindSocket, connectSocket, openSocket } from './open-socket.ts';
import type { Watched } from './reactor.ts';
import { familyOf, socketAddressOf } from './socket-address.ts';
import { EPOLLERR, EPOLLHUP, EPOLLOUT, SOCK_STREAM } from './system-constants.ts';
import { systemError } from './system-error.ts';
import { TcpSocket } from './tcp-socket.ts';

/** Whom a {@link Dialer} works for. Told in a turn of the reactor, except for `fail`. */
export interface DialOwner {
  /** Is set to the address that is tried. It must not change. */
  remoteAddress: IpAddress;
  /** The connection with that address stands; the socket is the owner's from now on. */
  onDialled(socket: TcpSocket): void;
  /** There will be no connection. May come from inside `start`. */
  fail(error: SluiceError): void;
}

const none: string[] = [];

/** Connects to one other side: tries the addresses of a host name one after the other until one takes it. */
export class Dialer implements Watched {
  readonly #context: LinuxContext;
  readonly #options: ConnectOptions;
  readonly #owner: DialOwner;
  /** What else to try, where a name was to be looked up. */
  #hosts: string[] = none;
  #socket: TcpSocket | undefined = undefined;
  #isCancelled = false;

  constructor(context: LinuxContext, options: ConnectOptions, owner: DialOwner) {
    this.#context = context;
    this.#options = options;
    this.#owner = owner;
  }

  start(): void {
    const { host } = this.#options;
    if (this.#context.addresses.knows(host) || isIpAddress(host)) {
      this.#tryHost(host);
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

  onReady(events: number): void {
    const socket = this.#socket;
    if (socket === undefined || (events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) === 0) return;
    socket.note(events);
    this.#socket = undefined;
    const errno = socket.isBroken ? socket.takeError() : 0;
    if (errno === 0) {
      this.#owner.onDialled(socket);
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
    const host = this.#hosts.shift();
    if (host !== undefined) this.#tryHost(host);
    else this.#owner.fail(connectError(this.#options.host, this.#options.port, cause));
  }

  #tryHost(host: string): void {
    try {
      this.#dial(host);
    } catch (error) {
      this.#dialNext(error);
    }
  }

  /** @throws Error why it cannot even start */
  #dial(host: string): void {
    const { libc, addresses } = this.#context;
    const { port, localAddress, quickAck = true } = this.#options;
    const local = localAddress === undefined ? undefined : socketAddressOf(localAddress, 0);
    const remote = addresses.find(host, port);
    this.#owner.remoteAddress = remote.address;
    const descriptor = openSocket(libc, remote.family, SOCK_STREAM);
    try {
      if (local !== undefined) bindSocket(libc, descriptor, local);
      connectSocket(libc, descriptor, remote);
      const socket = new TcpSocket(this.#context, descriptor, quickAck, false);
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
