import { SluiceError } from '../../errors.ts';
import { IpAddress, isIpAddress } from '../../model/address.ts';
import type { DatagramHandler, UdpConnectOptions, UdpPort } from '../engine.ts';
import type { Tracked } from '../engine-context.ts';
import { datagramError } from '../system-errors.ts';
import type { Happening } from './agenda.ts';
import { networkError } from './network-error.ts';
import { largestDatagram, sendDatagram } from './send-datagram.ts';
import { UdpInbox } from './udp-inbox.ts';
import type { VirtualContext } from './virtual-context.ts';
import type { Datagram, DatagramTaker } from './virtual-host.ts';
import { valueOf } from './wire.ts';

/** Datagrams sent before the port is ready wait, so many at most. */
const maxEarlyDatagrams = 16;

/** Where a connected port sends from and to. */
interface Route {
  readonly local: IpAddress;
  readonly remote: IpAddress;
}

/** A UDP port of a virtual host that talks with one address. It opens as something that happens, never at once. */
export class ConnectedVirtualPort implements UdpPort, Tracked, Happening, DatagramTaker {
  rosterSlot = -1;
  isAwaited = false;
  host: string;
  port = 0;
  readonly #context: VirtualContext;
  readonly #options: UdpConnectOptions;
  readonly #inbox: UdpInbox;
  #route: Route | undefined = undefined;
  #early: Buffer[] = [];

  constructor(context: VirtualContext, options: UdpConnectOptions, handler: DatagramHandler) {
    this.#context = context;
    this.#options = options;
    this.host = options.localAddress ?? '';
    this.#inbox = new UdpInbox(context, this, handler);
    context.track(this);
    const { agenda, conditions } = context.medium;
    if (isIpAddress(options.host)) agenda.add(this);
    else
      agenda.after(valueOf(conditions.lookUpMs), () => {
        agenda.add(this);
      });
  }

  /** Opens it. */
  happen(): void {
    if (this.#inbox.isStopped) return;
    const found = this.#open();
    if (found instanceof Error) {
      this.#inbox.fail(datagramError(this.#options.host, this.#options.port, found));
      return;
    }
    this.#route = found;
    this.host = found.local.toString();
    for (const bytes of this.#early.splice(0)) this.#send(found, bytes);
  }

  take(datagram: Datagram): boolean {
    const isExpected =
      datagram.fromPort === this.#options.port && this.#route?.remote.equals(datagram.from) === true;
    if (isExpected) this.#inbox.take(datagram);
    return isExpected;
  }

  get isOutdated(): boolean {
    return this.#route !== undefined && this.#context.isOutdated(this.#options.host, this.#route.remote);
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
    const copy = Buffer.from(bytes.subarray(start, end));
    if (this.#route !== undefined) this.#send(this.#route, copy);
    else if (this.#early.length < maxEarlyDatagrams) this.#early.push(copy);
  }

  close(): void {
    this.shutDown();
  }

  shutDown(): void {
    if (this.#inbox.isStopped) return;
    this.#inbox.stop();
    this.#early = [];
    if (this.#route !== undefined) {
      this.#context.host.udp.unbind(this.port, this);
      this.#context.budget.giveBack('other');
    }
    this.#context.release(this);
  }

  /** @returns the way to the other side, or why there is none */
  #open(): Route | Error {
    const { host, port, localAddress, usesReserve } = this.#options;
    const context = this.#context;
    if (usesReserve !== true && !context.admits()) return networkError('EMFILE', 'socket');
    if (!(Number.isInteger(port) && port > 0 && port <= 65_535))
      return networkError('ERR_SOCKET_BAD_PORT', 'connect', String(port));
    const remote = IpAddress.parse(host) ?? context.directory.lookUp(host)[0];
    if (remote === undefined) return networkError('ENOTFOUND', 'getaddrinfo', host);
    const local =
      localAddress === undefined ? context.host.addressTowards(remote) : IpAddress.parse(localAddress);
    if (local === undefined) return networkError('ENETUNREACH', 'connect', host);
    const free = context.host.udp.findFree();
    if (!context.host.has(local) || free === undefined) return networkError('EADDRNOTAVAIL', 'bind', host);
    this.port = free;
    context.host.udp.bind(local, free, this);
    context.budget.take('other');
    return { local, remote };
  }

  #send({ local, remote }: Route, bytes: Buffer): void {
    const { host, port: toPort } = this.#options;
    if (bytes.length > largestDatagram) {
      this.#inbox.fail(datagramError(host, toPort, networkError('EMSGSIZE', 'send')));
      return;
    }
    sendDatagram(this.#context, { bytes, from: local, fromPort: this.port, to: remote, toPort }, () => {
      this.#inbox.fail(datagramError(host, toPort, networkError('ECONNREFUSED', 'recvmsg')));
    });
  }
}
