import { SluiceError } from '../../base/errors.ts';
import type { IpAddress } from '../../model/address.ts';
import type { BoundPort, DatagramHandler } from '../engine.ts';
import type { Tracked } from '../common/engine-context.ts';
import { largestDatagram, sendDatagram } from './send-datagram.ts';
import { UdpInbox } from './udp-inbox.ts';
import type { VirtualContext } from './virtual-context.ts';
import type { Datagram, DatagramTaker } from './virtual-host.ts';

/** A bound UDP port of a virtual host. */
export class BoundVirtualPort implements BoundPort, Tracked, DatagramTaker {
  rosterSlot = -1;
  readonly host: string;
  readonly port: number;
  readonly isOutdated = false;
  readonly #context: VirtualContext;
  readonly #address: IpAddress;
  readonly #inbox: UdpInbox;

  constructor(context: VirtualContext, address: IpAddress, port: number, handler: DatagramHandler) {
    this.#context = context;
    this.#address = address;
    this.host = address.toString();
    this.port = port;
    this.#inbox = new UdpInbox(context, this, handler);
    context.host.udp.bind(address, port, this);
    context.ownUdp.bind(address, port, this);
    context.budget.take('other');
    context.budget.flows.addPort();
    context.track(this);
  }

  get handler(): DatagramHandler {
    return this.#inbox.handler;
  }

  set handler(handler: DatagramHandler) {
    this.#inbox.handler = handler;
  }

  take(datagram: Datagram): boolean {
    this.#inbox.take(datagram);
    return true;
  }

  /** @param from the local address to send from, on a port that is bound to all of them */
  send(bytes: Buffer, start: number, end: number, to: IpAddress, toPort: number, from?: IpAddress): void {
    this.#context.medium.check(bytes, start, end);
    const { host } = this.#context;
    const source = from ?? (this.#address.isUnspecified ? host.addressTowards(to) : this.#address);
    const isPossible = toPort > 0 && end - start <= largestDatagram;
    if (this.#inbox.isStopped || !isPossible || source === undefined || !host.has(source)) return;
    sendDatagram(this.#context, {
      bytes: Buffer.from(bytes.subarray(start, end)),
      from: source,
      fromPort: this.port,
      to: to.copy(),
      toPort,
    });
  }

  sendConnected(): void {
    throw new SluiceError('SLUICE_ERR_STATE', 'a bound UDP port has no fixed destination; use send()');
  }

  close(): void {
    this.shutDown();
  }

  shutDown(): void {
    if (this.#inbox.isStopped) return;
    this.#inbox.stop();
    const { host, ownUdp, budget } = this.#context;
    host.udp.unbind(this.port, this);
    ownUdp.unbind(this.port, this);
    budget.flows.removePort();
    budget.giveBack('other');
    this.#context.release(this);
  }
}
