import type { SluiceError } from '../../../base/errors.ts';
import { isIpAddress, type IpAddress } from '../../../model/address.ts';
import type { Timer } from '../../../runtime/runtime.ts';
import type { ConnectOptions } from '../../engine.ts';
import { endpointOf } from '../../names/address-choice.ts';
import { reachableFrom } from '../../names/address-order.ts';
import type { KnownName, NameWaiter } from '../../names/known-name.ts';
import { silenceMs } from '../../names/silence.ts';
import { refusedAsIfClosed } from '../../common/self-connection.ts';
import { connectError, isAddressFault } from '../../common/system-errors.ts';
import type { LinuxContext } from '../shared/linux-context.ts';
import {
  bindSocket,
  connectSocket,
  isSelfConnected,
  openSocket,
  resetAtClose,
  takeError,
} from '../kernel/open-socket.ts';
import type { Watched } from '../loop/reactor.ts';
import { socketAddressOf } from '../kernel/socket-address.ts';
import { EPOLLERR, EPOLLHUP, EPOLLOUT, SOCK_STREAM } from '../kernel/system-constants.ts';
import { systemError } from '../kernel/system-error.ts';
import { socketEvents } from './ready-socket.ts';

/** What a {@link Dialer} works for. Called in a turn of the reactor, except `fail`. */
export interface DialOwner {
  /** Is set to the address that is tried. It must not change. */
  remoteAddress: IpAddress;
  /**
   * The connection with that address stands. The descriptor is the owner's from now on; it is watched for
   * `socketEvents`, and these were told.
   */
  onDialled(descriptor: number, events: number): void;
  /** There will be no connection. May come from inside `start`. */
  fail(error: SluiceError): void;
}

const none: string[] = [];

/**
 * Connects to one other side: tries the addresses of a host name one after the other until one takes it. One that
 * stays silent is left for the next; the last one has all the time that its owner gives it.
 */
export class Dialer implements Watched, NameWaiter {
  readonly #context: LinuxContext;
  readonly #options: ConnectOptions;
  readonly #owner: DialOwner;
  /** Where the host is a name. */
  #name: KnownName | undefined = undefined;
  /** The address that is tried, and what else to try, where the host is a name. */
  #address = '';
  #hosts: string[] = none;
  #silence: Timer | undefined = undefined;
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
    this.#name = this.#context.names.get(host);
    if (this.#name.look() === 'unknown') this.#name.wait(this);
    else this.#dialName(this.#name);
  }

  onNameSettled(): void {
    if (!this.#isCancelled && this.#name !== undefined) this.#dialName(this.#name);
  }

  /** Nothing is told afterwards; what stands is reset. */
  cancel(): void {
    this.#isCancelled = true;
    this.#name?.leave(this);
    this.#close();
  }

  readAhead(): void {
    // Nothing is received ahead.
  }

  onReady(events: number): void {
    const descriptor = this.#descriptor;
    if (descriptor < 0 || (events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) === 0) return;
    const { libc } = this.#context;
    const errno = (events & EPOLLERR) === 0 ? 0 : takeError(libc, descriptor);
    if (errno === 0 && isSelfConnected(libc, descriptor, this.#owner.remoteAddress, this.#options.port)) {
      resetAtClose(libc, descriptor);
      this.#close();
      this.#failed(refusedAsIfClosed());
    } else if (errno === 0) {
      this.#descriptor = -1;
      this.#silence?.cancel();
      this.#name?.worked(this.#endpoint, this.#address);
      this.#owner.onDialled(descriptor, events & ~EPOLLERR);
    } else {
      this.#close();
      this.#failed(systemError('connect', errno));
    }
  }

  fail(fault: SluiceError): void {
    this.#owner.fail(fault);
  }

  get #endpoint(): number {
    return endpointOf('TCP', this.#options.port);
  }

  #dialName(name: KnownName): void {
    this.#hosts = [...reachableFrom(this.#options.localAddress, name.addresses(this.#endpoint))];
    this.#dialNext(name.failure);
  }

  /** The address that was tried will not take the connection. */
  #failed(cause: unknown): void {
    if (isAddressFault(cause)) this.#name?.failed(this.#endpoint, this.#address);
    this.#dialNext(cause);
  }

  #onSilence(): void {
    this.#name?.failed(this.#endpoint, this.#address);
    if (this.#hosts.length === 0) return;
    this.#close();
    this.#dialNext();
  }

  /** @param cause why the one before failed */
  #dialNext(cause?: unknown): void {
    const host = this.#hosts.shift();
    if (host !== undefined) this.#tryHost(host);
    else this.#owner.fail(connectError(this.#options.host, this.#options.port, cause));
  }

  #tryHost(host: string): void {
    try {
      this.#address = host;
      this.#dial(host);
      if (this.#name !== undefined) this.#awaitAnswer();
    } catch (error) {
      this.#failed(error);
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

  #awaitAnswer(): void {
    this.#silence = this.#context.runtime.clock.schedule(silenceMs, () => {
      this.#onSilence();
    });
  }

  #close(): void {
    this.#silence?.cancel();
    if (this.#descriptor >= 0) this.#context.closeDescriptor(this.#descriptor);
    this.#descriptor = -1;
  }
}
