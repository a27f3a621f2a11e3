import { IpAddress } from '../../model/address.ts';
import type { ConnectOptions } from '../engine.ts';
import { connectError } from '../system-errors.ts';
import { networkError } from './network-error.ts';
import { isWildcard } from './port-table.ts';
import type { Stream } from './stream.ts';
import type { Tenancy, VirtualConnection } from './virtual-connection.ts';
import type { VirtualContext } from './virtual-context.ts';
import type { Caller, VirtualHost } from './virtual-host.ts';
import { valueOf, type Wire } from './wire.ts';

/** When a host that is not there is given up, in milliseconds: Linux asks for it three times, once a second. */
const unreachableMs = 3000;

/** Connects: tries the addresses of a host name one after the other until one takes the call. */
export class Dialer implements Tenancy, Caller {
  readonly end: VirtualConnection;
  readonly #context: VirtualContext;
  readonly #options: ConnectOptions;
  #addresses: readonly IpAddress[] = [];
  #wire: Wire | undefined = undefined;
  isCancelled = false;

  constructor(context: VirtualContext, connection: VirtualConnection, options: ConnectOptions) {
    this.#context = context;
    this.end = connection;
    this.#options = options;
    connection.tenancy = this;
    context.budget.take('outgoing');
  }

  get host(): VirtualHost {
    return this.#context.host;
  }

  get address(): IpAddress {
    return this.end.localAddress;
  }

  get port(): number {
    return this.end.localPort;
  }

  get stream(): Stream {
    return this.end.outgoing;
  }

  start(): void {
    const { host } = this.#options;
    const { medium, directory } = this.#context;
    const address = IpAddress.parse(host);
    const unknown = networkError('ENOTFOUND', 'getaddrinfo', host);
    if (address !== undefined) {
      this.#addresses = [address];
      this.#tryNext(unknown);
      return;
    }
    medium.agenda.after(valueOf(medium.conditions.lookUpMs), () => {
      if (this.isCancelled) return;
      this.#addresses = directory.lookUp(host);
      this.#tryNext(unknown);
    });
  }

  /** The connection is gone. */
  leave(): void {
    this.isCancelled = true;
    if (this.port > 0) this.host.tcp.giveBack(this.port);
    this.#context.budget.giveBack('outgoing');
  }

  onAnswered(incoming: Stream): void {
    this.#later(() => {
      this.end.stand(incoming);
    });
  }

  onRefused(): void {
    this.#later(() => {
      this.#tryNext(networkError('ECONNREFUSED', 'connect', this.end.remoteAddress.toString()));
    });
  }

  #tryNext(reason: Error): void {
    let error: Error | undefined = reason;
    while (error !== undefined) {
      const [address, ...others] = this.#addresses;
      if (address === undefined) {
        this.end.giveUp(connectError(this.#options.host, this.#options.port, error));
        return;
      }
      this.#addresses = others;
      error = this.#dial(address);
    }
  }

  /** @returns why that address cannot be tried; undefined while it is being tried */
  #dial(remote: IpAddress): Error | undefined {
    const { port } = this.#options;
    const detail = `${remote.toString()}:${port}`;
    if (!(Number.isInteger(port) && port >= 0 && port <= 65_535))
      return networkError('ERR_SOCKET_BAD_PORT', 'connect', detail);
    if (remote.isV4 && remote.w3 === 0xffffffff) return networkError('ENETUNREACH', 'connect', detail);
    const error = this.#takeLocal(remote);
    if (error !== undefined) return error;
    const { w0, w1, w2, w3 } = isWildcard(remote) ? this.address : remote;
    this.end.remoteAddress.set(w0, w1, w2, w3);
    this.end.remotePort = port;
    this.#call(remote, port);
    return undefined;
  }

  /** Takes a local address and port, for good. @returns why there is none */
  #takeLocal(remote: IpAddress): Error | undefined {
    const { localAddress } = this.#options;
    const { host } = this;
    const local = localAddress === undefined ? host.addressTowards(remote) : IpAddress.parse(localAddress);
    if (local === undefined)
      return localAddress === undefined
        ? networkError('ENETUNREACH', 'connect', remote.toString())
        : networkError('EINVAL', 'bind', localAddress);
    if (!host.has(local)) return networkError('EADDRNOTAVAIL', 'bind', local.toString());
    this.address.set(local.w0, local.w1, local.w2, local.w3);
    if (this.port === 0) this.end.localPort = host.tcp.borrow() ?? 0;
    return this.port === 0 ? networkError('EADDRNOTAVAIL', 'connect', remote.toString()) : undefined;
  }

  #call(remote: IpAddress, port: number): void {
    const { medium, directory } = this.#context;
    const target = directory.hostOf(this.end.remoteAddress, this.host);
    if (target === undefined) {
      medium.agenda.after(unreachableMs, () => {
        if (!this.isCancelled) this.#tryNext(networkError('EHOSTUNREACH', 'connect', remote.toString()));
      });
      return;
    }
    const wire = medium.wire(this.host, target);
    this.#wire = wire;
    wire.whenUp(() => {
      this.#later(() => {
        const taker = target.tcp.find(this.end.remoteAddress, port);
        if (taker === undefined) this.onRefused();
        else taker.take(this);
      });
    });
  }

  /** Does something after a packet's time, unless the connection is gone by then. */
  #later(arrive: () => void): void {
    this.#wire?.carry(() => {
      if (!this.isCancelled) arrive();
    });
  }
}
