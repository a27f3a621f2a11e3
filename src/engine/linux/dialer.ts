import { lookup } from 'node:dns';
import type { SluiceError } from '../../errors.ts';
import { isIpAddress, type IpAddress } from '../../model/address.ts';
import type { ConnectOptions } from '../engine.ts';
import { connectError } from '../system-errors.ts';
import type { LinuxContext } from './linux-context.ts';
import { bindSocket, connectSocket, openSocket, takeError } from './open-socket.ts';
import type { Watched } from './reactor.ts';
import { familyOf, socketAddressOf } from './socket-address.ts';
import { EPOLLERR, EPOLLHUP, EPOLLOUT, SOCK_STREAM } from './system-constants.ts';
import { systemError } from './system-error.ts';
import { socketEvents } from './ready-socket.ts';

/** Whom a {@link Dialer} works for. Told in a turn of the reactor, except for `fail`. */
export interface DialOwner {
  /** Is set to the address that is tried. It must not change. */
  remoteAddress: IpAddress;
  /**
   * The connection with that address stands. The descriptor is the owner's from now on; it is watched for
   * `socketEvents`, of which these were told.
   */
  onDialled(descriptor: number, events: number): void;
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
  /** Of the socket that connects; -1 for none. */
  #descriptor = -1;
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
    this.#close();
  }

  readAhead(): void {
    // Nothing is received ahead.
  }

  onReady(events: number): void {
    const descriptor = this.#descriptor;
    if (descriptor < 0 || (events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) === 0) return;
    const errno = (events & EPOLLERR) === 0 ? 0 : takeError(this.#context.libc, descriptor);
    if (errno === 0) {
      this.#descriptor = -1;
      this.#owner.onDialled(descriptor, events & ~EPOLLERR);
    } else {
      this.#close();
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
    const { port, localAddress } = this.#options;
    const local = localAddress === undefined ? undefined : socketAddressOf(localAddress, 0);
    const remote = addresses.find(host, port);
    this.#owner.remoteAddress = remote.address;
    const descriptor = openSocket(libc, remote.family, SOCK_STREAM);
    try {
      if (local !== undefined) bindSocket(libc, descriptor, local);
      connectSocket(libc, descriptor, remote);
      this.#context.reactor.watch(descriptor, socketEvents, this);
      this.#descriptor = descriptor;
    } catch (error) {
      this.#context.closeDescriptor(descriptor);
      throw error;
    }
  }

  #close(): void {
    if (this.#descriptor >= 0) this.#context.closeDescriptor(this.#descriptor);
    this.#descriptor = -1;
  }

  /** Addresses of the family to connect from, where there are any. */
  #usable(hosts: string[]): string[] {
    const { localAddress } = this.#options;
    if (localAddress === undefined) return hosts;
    const usable = hosts.filter((host) => familyOf(host) === familyOf(localAddress));
    return usable.length > 0 ? usable : hosts;
  }
}
