import { IpAddress } from '../../model/address.ts';
import type { DatagramDelivery } from '../datagram-delivery.ts';
import type { SluiceError } from '../../errors.ts';
import type { LinuxContext } from './linux-context.ts';
import { readLocalAddress } from './open-socket.ts';
import type { Watched } from './reactor.ts';
import { EAGAIN, EPOLLIN } from './system-constants.ts';

/** Full batches that one port receives before others have their turn. */
const maxBatchesPerTurn = 4;

/** Takes note of what happens on a {@link UdpSocket}, beside the datagrams. */
export interface UdpSocketOwner {
  /** Whether a datagram from there is wanted. Hot path. */
  accepts(source: IpAddress, port: number): boolean;
  onSocketError(errno: number): void;
}

/** One open UDP socket: receives in batches. It is watched level-triggered, so what is left is told again. */
export class UdpSocket implements Watched {
  readonly descriptor: number;
  readonly localAddress = new IpAddress();
  readonly localPort: number;
  readonly #context: LinuxContext;
  readonly #delivery: DatagramDelivery;
  readonly #owner: UdpSocketOwner;
  readonly #source = new IpAddress();

  /**
   * Owns the descriptor from now on.
   *
   * @throws Error of the system where it has no memory to watch it
   */
  constructor(context: LinuxContext, descriptor: number, delivery: DatagramDelivery, owner: UdpSocketOwner) {
    this.descriptor = descriptor;
    this.#context = context;
    this.#delivery = delivery;
    this.#owner = owner;
    this.localPort = readLocalAddress(context.libc, descriptor, this.localAddress);
    context.reactor.watch(descriptor, EPOLLIN, this);
  }

  /** Hot path. */
  onReady(): void {
    const { inbox } = this.#context;
    for (let batch = 0; batch < maxBatchesPerTurn && !this.#delivery.isStopped; batch++) {
      const count = inbox.receive(this.descriptor);
      if (count < 0) {
        if (count !== -EAGAIN) this.#owner.onSocketError(-count);
        return;
      }
      for (let index = 0; index < count; index++) {
        const port = inbox.source(index, this.#source);
        if (!this.#owner.accepts(this.#source, port)) continue;
        this.#delivery.deliver(inbox.bytes, inbox.start(index), inbox.end(index), this.#source, port);
      }
      if (count < inbox.capacity) return;
    }
  }

  fail(fault: SluiceError): void {
    this.#delivery.fail(fault);
  }

  close(): void {
    this.#context.closeDescriptor(this.descriptor);
  }
}
