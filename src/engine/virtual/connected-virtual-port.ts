import { SluiceError } from '../../base/errors.ts';
import { IpAddress } from '../../model/address.ts';
import type { DatagramHandler, UdpConnectOptions, UdpPort } from '../engine.ts';
import type { Tracked } from '../common/engine-context.ts';
import { FlowPlace } from '../budget/flow-place.ts';
import { UdpRemote, type UdpRemoteOwner } from '../common/udp-remote.ts';
import { datagramError } from '../common/system-errors.ts';
import type { Happening } from './agenda.ts';
import { networkError } from './network-error.ts';
import { largestDatagram, sendDatagram } from './send-datagram.ts';
import { UdpInbox } from './udp-inbox.ts';
import type { VirtualContext } from './virtual-context.ts';
import type { Datagram, DatagramTaker } from './virtual-host.ts';

/** Where a connected port sends from and to. */
interface Route {
  readonly local: IpAddress;
  readonly remote: IpAddress;
}

/** A UDP port of a virtual host that talks with one address. It opens as something that happens, never at once. */
export class ConnectedVirtualPort implements UdpPort, Tracked, Happening, DatagramTaker, UdpRemoteOwner {
  rosterSlot = -1;
  isAwaited = false;
  host: string;
  port = 0;
  readonly #context: VirtualContext;
  readonly #options: UdpConnectOptions;
  readonly #inbox: UdpInbox;
  /** Taken by a port that may not use the reserve; undefined too where there is none. */
  readonly #place: FlowPlace | undefined;
  readonly #isRefused: boolean;
  #route: Route | undefined = undefined;
  readonly #remote: UdpRemote;
  /** Errors to be told, unless another address may do better. */
  #errors: Error[] = [];

  constructor(context: VirtualContext, options: UdpConnectOptions, handler: DatagramHandler) {
    this.#context = context;
    this.#options = options;
    this.host = options.localAddress ?? '';
    this.#inbox = new UdpInbox(context, this, handler);
    const isFlow = options.usesReserve !== true;
    this.#isRefused = isFlow && !context.admitsFlow();
    this.#place = isFlow && !this.#isRefused ? new FlowPlace(context.budget.flows) : undefined;
    context.track(this);
    this.#remote = new UdpRemote(context.names, options, this);
    if (this.#remote.find()) this.onRemoteFound();
  }

  onRemoteFound(): void {
    this.#context.medium.agenda.add(this);
  }

  /** Opens it, or tells what went wrong since. */
  happen(): void {
    if (this.#inbox.isStopped) return;
    if (this.#route === undefined && this.#errors.length === 0) this.#begin();
    for (const cause of this.#errors.splice(0)) {
      if (this.#goesOn(cause)) return;
      this.#inbox.fail(datagramError(this.#options.host, this.#options.port, cause));
    }
  }

  take(datagram: Datagram): boolean {
    const isExpected =
      datagram.fromPort === this.#options.port && this.#route?.remote.equals(datagram.from) === true;
    if (isExpected) this.#inbox.take(datagram);
    return isExpected;
  }

  get isOutdated(): boolean {
    return this.#remote.isOutdated;
  }

  send(): void {
    throw new SluiceError(
      'SLUICE_ERR_STATE',
      'a connected UDP port sends to one address only; use sendConnected()',
    );
  }

  sendConnected(bytes: Buffer, start: number, end: number): void {
    this.#context.medium.check(bytes, start, end);
    if (this.#inbox.isStopped) return;
    if (this.#remote.isKeeping) this.#keep(bytes, start, end);
    if (this.#route !== undefined) this.#send(this.#route, Buffer.from(bytes.subarray(start, end)));
  }

  close(): void {
    this.shutDown();
  }

  shutDown(): void {
    if (this.#inbox.isStopped) return;
    this.#inbox.stop();
    this.#remote.close(this.#inbox.hasDelivered);
    this.#place?.end();
    this.#closeRoute();
    this.#context.release(this);
  }

  /** Keeps a datagram as long as it may have to be sent to another address. */
  #keep(bytes: Buffer, start: number, end: number): void {
    if (this.#inbox.hasDelivered) this.#remote.answered();
    else this.#remote.keep(bytes, start, end);
  }

  /** The address will not do: is there another one? Then that is opened next. */
  #goesOn(cause: unknown): boolean {
    if (!this.#remote.moveOn(cause, this.#inbox.hasDelivered)) return false;
    this.#errors = [];
    this.#closeRoute();
    this.onRemoteFound();
    return true;
  }

  #begin(): void {
    const found = this.#open();
    this.#place?.settle();
    if (found instanceof Error) {
      this.#errors.push(found);
      return;
    }
    this.#route = found;
    this.host = found.local.toString();
    for (const bytes of this.#remote.ready()) this.#send(found, bytes);
  }

  #closeRoute(): void {
    if (this.#route === undefined) return;
    this.#route = undefined;
    const { host, ownUdp, budget } = this.#context;
    host.udp.unbind(this.port, this);
    ownUdp.unbind(this.port, this);
    budget.giveBack('other');
  }

  #failSoon(cause: Error): void {
    this.#errors.push(cause);
    this.onRemoteFound();
  }

  /** @returns the way to the other side, or why there is none */
  #open(): Route | Error {
    const { port, localAddress } = this.#options;
    const { address, failure } = this.#remote;
    const context = this.#context;
    if (this.#isRefused) return networkError('EMFILE', 'socket');
    if (!(Number.isInteger(port) && port > 0 && port <= 65_535))
      return networkError('ERR_SOCKET_BAD_PORT', 'connect', String(port));
    const remote = IpAddress.parse(address);
    if (remote === undefined) return failure ?? networkError('EINVAL', 'connect', address);
    const local =
      localAddress === undefined ? context.host.addressTowards(remote) : IpAddress.parse(localAddress);
    if (local === undefined) return networkError('ENETUNREACH', 'connect', address);
    const free = context.host.udp.findFree();
    if (!context.host.has(local) || free === undefined) return networkError('EADDRNOTAVAIL', 'bind', address);
    this.port = free;
    context.host.udp.bind(local, free, this);
    context.ownUdp.bind(local, free, this);
    context.budget.take('other');
    return { local, remote };
  }

  #send(route: Route, bytes: Buffer): void {
    const { local, remote } = route;
    if (bytes.length > largestDatagram) {
      this.#failSoon(networkError('EMSGSIZE', 'send'));
      return;
    }
    const datagram = { bytes, from: local, fromPort: this.port, to: remote, toPort: this.#options.port };
    sendDatagram(this.#context, datagram, () => {
      if (this.#route === route) this.#failSoon(networkError('ECONNREFUSED', 'recvmsg'));
    });
  }
}
