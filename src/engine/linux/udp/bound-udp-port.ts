import { SluiceError } from '../../../base/errors.ts';
import type { IpAddress } from '../../../model/address.ts';
import { DatagramDelivery } from '../../common/datagram-delivery.ts';
import type { BoundPort, DatagramHandler, UdpBindOptions } from '../../engine.ts';
import type { Tracked } from '../../common/engine-context.ts';
import { bindError, datagramError } from '../../common/system-errors.ts';
import type { DatagramSource } from '../shared/datagram-outbox.ts';
import type { Libc } from '../kernel/libc.ts';
import type { LinuxContext } from '../shared/linux-context.ts';
import { duplicateSocket, openBoundSocket, type BoundSocketOptions } from '../kernel/open-socket.ts';
import { askForPacketInfo } from '../kernel/packet-info.ts';
import { socketAddressOf } from '../kernel/socket-address.ts';
import { AF_INET, SOCK_DGRAM } from '../kernel/system-constants.ts';
import { systemError } from '../kernel/system-error.ts';
import { UdpSocket, type UdpSocketOwner } from './udp-socket.ts';

/** A UDP port that talks with anyone. */
export class BoundUdpPort implements BoundPort, Tracked, DatagramSource, UdpSocketOwner {
  rosterSlot = -1;
  readonly isOutdated = false;
  readonly host: string;
  readonly port: number;
  readonly #context: LinuxContext;
  readonly #delivery: DatagramDelivery;
  readonly #socket: UdpSocket;
  readonly #family: number;
  /** Not on a socket of another owner. */
  readonly #isOwner: boolean;

  /** @throws SluiceError as `Engine.bindUdp` */
  constructor(context: LinuxContext, options: UdpBindOptions, handler: DatagramHandler) {
    this.#context = context;
    this.#delivery = new DatagramDelivery(context, this, handler);
    this.#isOwner = options.descriptor === undefined;
    let descriptor = -1;
    try {
      this.#family = socketAddressOf(options.host, options.port).family;
      descriptor =
        options.descriptor === undefined
          ? openBound(context.libc, options)
          : duplicateSocket(context.libc, options.descriptor);
      this.#socket = new UdpSocket(context, descriptor, this.#delivery, this);
    } catch (cause) {
      if (descriptor >= 0) context.closeDescriptor(descriptor);
      throw bindError('UDP', options.host, options.port, cause);
    }
    this.host = this.#socket.localAddress.toString();
    this.port = this.#socket.localPort;
    if (this.#isOwner) context.ownPorts.add(this.#socket.localAddress, this.port);
    context.budget.flows.addPort();
    context.track(this);
  }

  get descriptor(): number {
    return this.#delivery.isStopped ? -1 : this.#socket.descriptor;
  }

  get handler(): DatagramHandler {
    return this.#delivery.handler;
  }

  set handler(handler: DatagramHandler) {
    this.#delivery.handler = handler;
  }

  /** Hot path. */
  send(bytes: Buffer, start: number, end: number, to: IpAddress, toPort: number, from?: IpAddress): void {
    // No system sends to port 0, though a forged datagram may seem to come from there.
    if (this.#delivery.isStopped || toPort === 0 || (this.#family === AF_INET && !to.isV4)) return;
    const leavesFrom = this.#socket.isWildcard && from?.isUnspecified === false ? from : undefined;
    this.#context.outbox.add(this, bytes, start, end, this.#family, to, toPort, leavesFrom);
  }

  sendConnected(): void {
    throw new SluiceError('SLUICE_ERR_STATE', 'a bound UDP port has no fixed destination; use send()');
  }

  onSocketError(errno: number): void {
    this.#delivery.fail(datagramError(this.host, this.port, systemError('recvmmsg', errno)));
  }

  close(): void {
    this.shutDown();
  }

  shutDown(): void {
    if (this.#delivery.isStopped) return;
    this.#context.flushDatagrams();
    this.#delivery.stop();
    if (this.#isOwner) this.#context.ownPorts.delete(this.#socket.localAddress, this.port);
    this.#context.budget.flows.removePort();
    this.#socket.close();
    this.#context.release(this);
  }
}

/** @returns the descriptor, which is the caller's */
export function openBound(libc: Libc, options: BoundSocketOptions): number {
  return openBoundSocket(libc, SOCK_DGRAM, options, (descriptor) => {
    const { family, address } = socketAddressOf(options.host, options.port);
    if (address.isUnspecified) askForPacketInfo(libc, descriptor, family);
  });
}
