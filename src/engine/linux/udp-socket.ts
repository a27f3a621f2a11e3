import { IpAddress } from '../../model/address.ts';
import type { DatagramDelivery } from '../datagram-delivery.ts';
import type { SluiceError } from '../../errors.ts';
import type { LinuxContext } from './linux-context.ts';
import { readLocalAddress } from './open-socket.ts';
import type { Watched } from './reactor.ts';
import { EAGAIN, EPOLLIN, MSG_NOSIGNAL } from './system-constants.ts';

/** Full batches that one port receives before others have their turn. */
const maxBatchesPerTurn = 4;

/** Takes note of what happens on a {@link UdpSocket}, beside the datagrams. */
export interface UdpSocketOwner {
  onSocketError(errno: number): void;
}

/** Whom a connected socket talks with. */
export interface RemoteEnd {
  readonly address: IpAddress;
  readonly port: number;
}

/**
 * One open UDP socket. It is watched level-triggered, so what is left is told again.
 *
 * Receives in batches, but for the first datagram after one was sent on a connected socket: an answer mostly
 * comes alone.
 */
export class UdpSocket implements Watched {
  readonly descriptor: number;
  readonly localAddress = new IpAddress();
  readonly localPort: number;
  readonly #context: LinuxContext;
  readonly #delivery: DatagramDelivery;
  readonly #owner: UdpSocketOwner;
  readonly #remote: RemoteEnd | undefined;
  readonly #source = new IpAddress();
  #isAnswerDue = false;

  /**
   * Owns the descriptor from now on.
   *
   * @param remote of a connected socket
   * @throws Error of the system where it has no memory to watch it
   */
  constructor(
    context: LinuxContext,
    descriptor: number,
    delivery: DatagramDelivery,
    owner: UdpSocketOwner,
    remote?: RemoteEnd,
  ) {
    this.descriptor = descriptor;
    this.#context = context;
    this.#delivery = delivery;
    this.#owner = owner;
    this.#remote = remote;
    this.localPort = readLocalAddress(context.libc, descriptor, this.localAddress);
    context.reactor.watch(descriptor, EPOLLIN, this);
  }

  /**
   * Sends on a connected socket; what the kernel has no room for is dropped. Hot path.
   *
   * @returns the number of the error, 0 for none
   */
  send(bytes: Buffer, start: number, end: number): number {
    const { libc, inbox } = this.#context;
    this.#isAnswerDue = true;
    const length =
      bytes === inbox.bytes
        ? libc.sendFrom(this.descriptor, inbox.address + start, end - start, MSG_NOSIGNAL)
        : libc.send(this.descriptor, bytes.subarray(start, end), end - start, MSG_NOSIGNAL);
    const errno = length < 0 ? libc.errno() : 0;
    return errno === EAGAIN ? 0 : errno;
  }

  /** Hot path. */
  onReady(): void {
    if (this.#isAnswerDue && this.#remote !== undefined) this.#receiveAnswer(this.#remote);
    else this.#receiveBatches();
  }

  fail(fault: SluiceError): void {
    this.#delivery.fail(fault);
  }

  close(): void {
    this.#context.closeDescriptor(this.descriptor);
  }

  /** Hot path. */
  #receiveAnswer({ address, port }: RemoteEnd): void {
    const { inbox } = this.#context;
    this.#isAnswerDue = false;
    const length = inbox.receiveOne(this.descriptor);
    if (length < 0) this.#onError(-length);
    else this.#delivery.deliver(inbox.bytes, inbox.start(0), inbox.start(0) + length, address, port);
  }

  /** Hot path. */
  #receiveBatches(): void {
    const { inbox } = this.#context;
    for (let batch = 0; batch < maxBatchesPerTurn && !this.#delivery.isStopped; batch++) {
      const count = inbox.receive(this.descriptor);
      if (count < 0) {
        this.#onError(-count);
        return;
      }
      for (let index = 0; index < count; index++) {
        const port = inbox.source(index, this.#source);
        this.#delivery.deliver(inbox.bytes, inbox.start(index), inbox.end(index), this.#source, port);
      }
      if (count < inbox.capacity) return;
    }
  }

  #onError(errno: number): void {
    if (errno !== EAGAIN) this.#owner.onSocketError(errno);
  }
}
