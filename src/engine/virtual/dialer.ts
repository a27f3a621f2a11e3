import { IpAddress, isIpAddress } from '../../model/address.ts';
import type { Timer } from '../../runtime/runtime.ts';
import type { ConnectOptions } from '../engine.ts';
import { endpointOf } from '../names/address-choice.ts';
import { reachableFrom } from '../names/address-order.ts';
import type { KnownName, NameWaiter } from '../names/known-name.ts';
import { silenceMs } from '../names/silence.ts';
import { connectError, isAddressFault } from '../common/system-errors.ts';
import { Call, type CallOwner } from './call.ts';
import { networkError } from './network-error.ts';
import type { Stream } from './stream.ts';
import type { Tenancy, VirtualConnection } from './virtual-connection.ts';
import type { VirtualContext } from './virtual-context.ts';

/** When a host that is not there is given up, in milliseconds: Linux asks for it three times, once a second. */
const unreachableMs = 3000;

/** Connects: tries the addresses of a host name one after the other until one takes the call. */
export class Dialer implements Tenancy, CallOwner, NameWaiter {
  readonly #context: VirtualContext;
  readonly #connection: VirtualConnection;
  readonly #options: ConnectOptions;
  /** Where the host is a name. */
  #name: KnownName | undefined = undefined;
  /** The address that is tried, and what else to try. */
  #address = '';
  #others: string[] = [];
  #call: Call | undefined = undefined;
  /** Until an address of a name counts as silent. */
  #timer: Timer | undefined = undefined;

  constructor(context: VirtualContext, connection: VirtualConnection, options: ConnectOptions) {
    this.#context = context;
    this.#connection = connection;
    this.#options = options;
    connection.tenancy = this;
    context.budget.take('outgoing');
  }

  start(): void {
    const { host } = this.#options;
    if (isIpAddress(host)) {
      this.#others = [host];
      this.#tryNext(undefined);
      return;
    }
    this.#name = this.#context.names.get(host);
    if (this.#name.look() === 'unknown') this.#name.wait(this);
    else this.onNameSettled();
  }

  onNameSettled(): void {
    if (this.#name === undefined) return;
    this.#others = [...reachableFrom(this.#options.localAddress, this.#name.addresses(this.#endpoint))];
    this.#tryNext(this.#name.failure);
  }

  /** The connection is gone. */
  leave(): void {
    const { host, budget } = this.#context;
    this.#name?.leave(this);
    this.#hangUp();
    if (this.#connection.localPort > 0) host.tcp.giveBack(this.#connection.localPort);
    budget.giveBack('outgoing');
  }

  onAnswered(incoming: Stream): void {
    this.#timer?.cancel();
    this.#name?.worked(this.#endpoint, this.#address);
    this.#connection.stand(incoming);
  }

  onRefused(): void {
    this.#failed(networkError('ECONNREFUSED', 'connect', this.#address));
  }

  get #endpoint(): number {
    return endpointOf('TCP', this.#options.port);
  }

  #hangUp(): void {
    this.#timer?.cancel();
    this.#call?.cancel();
    this.#call = undefined;
  }

  #failed(cause: Error): void {
    if (isAddressFault(cause)) this.#name?.failed(this.#endpoint, this.#address);
    this.#tryNext(cause);
  }

  /** @param reason why the one before will not take the call */
  #tryNext(reason: unknown): void {
    this.#hangUp();
    const { host, port } = this.#options;
    const address = this.#others.shift();
    if (address === undefined) {
      this.#connection.giveUp(connectError(host, port, reason));
      return;
    }
    this.#address = address;
    const problem = this.#dial(address);
    if (problem !== undefined) this.#failed(problem);
  }

  /** @returns why that address cannot be tried; undefined while it is being tried */
  #dial(address: string): Error | undefined {
    const { port } = this.#options;
    const remote = this.#connection.remoteAddress;
    remote.setText(address);
    if (!(Number.isInteger(port) && port >= 0 && port <= 65_535))
      return networkError('ERR_SOCKET_BAD_PORT', 'connect', String(port));
    if (remote.isV4 && remote.w3 === 0xffffffff) return networkError('ENETUNREACH', 'connect', address);
    const problem = this.#takeLocal(remote);
    if (problem !== undefined) return problem;
    const { w0, w1, w2, w3 } = this.#connection.localAddress;
    if (remote.isUnspecified) remote.set(w0, w1, w2, w3);
    this.#connection.remotePort = port;
    this.#begin(remote);
    return undefined;
  }

  /** Takes a local address, and a port for good. @returns why there is none */
  #takeLocal(remote: IpAddress): Error | undefined {
    const { localAddress } = this.#options;
    const { host } = this.#context;
    const local = localAddress === undefined ? host.addressTowards(remote) : IpAddress.parse(localAddress);
    if (local === undefined)
      return localAddress === undefined
        ? networkError('ENETUNREACH', 'connect', remote.toString())
        : networkError('EINVAL', 'bind', localAddress);
    if (!host.has(local)) return networkError('EADDRNOTAVAIL', 'bind', local.toString());
    const connection = this.#connection;
    connection.localAddress.set(local.w0, local.w1, local.w2, local.w3);
    if (connection.localPort === 0) connection.localPort = host.tcp.borrow() ?? 0;
    return connection.localPort > 0 ? undefined : networkError('EADDRNOTAVAIL', 'connect', remote.toString());
  }

  #begin(remote: IpAddress): void {
    const { medium, directory, host, runtime } = this.#context;
    const target = directory.hostOf(remote, host);
    if (this.#name !== undefined) this.#timer = runtime.clock.schedule(silenceMs, this.#onSilence);
    if (target === undefined) {
      medium.agenda.after(unreachableMs, this.#onUnreachable(this.#address));
    } else {
      this.#call = new Call(this.#connection, host, medium.wire(host, target), this);
      this.#call.start(target);
    }
  }

  #onUnreachable(address: string): () => void {
    return () => {
      const isTried = this.#address === address && this.#call === undefined;
      if (isTried && !this.#connection.isGone) this.#failed(networkError('EHOSTUNREACH', 'connect', address));
    };
  }

  readonly #onSilence = (): void => {
    if (this.#call?.isAnswered === true) return;
    this.#name?.failed(this.#endpoint, this.#address);
    if (this.#others.length > 0) this.#tryNext(undefined);
  };
}
