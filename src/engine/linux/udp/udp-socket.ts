import { IpAddress } from '../../../model/address.ts';
import type { DatagramDelivery } from '../../common/datagram-delivery.ts';
import type { SluiceError } from '../../../base/errors.ts';
import type { Reader, Sender } from '../loop/call-batch.ts';
import type { DatagramInbox } from '../shared/datagram-inbox.ts';
import { readSize, type ReadAhead } from '../loop/read-ahead.ts';
import type { LinuxContext } from '../shared/linux-context.ts';
import { readLocalAddress } from '../kernel/open-socket.ts';
import type { Watched } from '../loop/reactor.ts';
import { EAGAIN, EPOLLIN } from '../kernel/system-constants.ts';

/** Full batches that one port receives before others have their turn. */
const maxBatchesPerTurn = 4;

/** Hears what happens on a {@link UdpSocket}, besides the datagrams. */
export interface UdpSocketOwner {
  onSocketError(errno: number): void;
}

/** Who a connected socket talks with. */
export interface RemoteEnd {
  readonly address: IpAddress;
  readonly port: number;
}

/**
 * One open UDP socket. It is watched level-triggered, so what is left is told again.
 *
 * Receives in batches, except the first datagram after a send on a connected socket: an answer mostly comes alone.
 */
export class UdpSocket implements Watched, Reader {
  readonly descriptor: number;
  readonly localAddress = new IpAddress();
  readonly localPort: number;
  readonly #context: LinuxContext;
  readonly #delivery: DatagramDelivery;
  readonly #owner: UdpSocketOwner;
  readonly #remote: RemoteEnd | undefined;
  readonly #source = new IpAddress();
  /** Bound to all addresses: each datagram says which one it was sent to. */
  readonly isWildcard: boolean;
  readonly #local = new IpAddress();
  #isAnswerDue = false;
  /** An answer that was received with others, on its way to `onReady`. */
  #ahead: ReadAhead | undefined = undefined;

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
    this.isWildcard = remote === undefined && this.localAddress.isUnspecified;
    context.reactor.watch(descriptor, EPOLLIN, this);
  }

  /** Sends on a connected socket. @returns how many bytes, or a negated error number. Hot path. */
  send(bytes: Buffer, start: number, end: number): number {
    const { calls, inbox } = this.#context;
    this.#isAnswerDue = true;
    return bytes === inbox.bytes
      ? calls.sendFrom(inbox.address, this.descriptor, start, end)
      : calls.send(this.descriptor, bytes, start, end);
  }

  /**
   * As `send`, with others of this turn, where that can be.
   *
   * @returns false where nothing happened
   */
  sendSoon(sender: Sender, bytes: Buffer, start: number, end: number): boolean {
    const { calls, inbox } = this.#context;
    const isAdded =
      bytes === inbox.bytes
        ? calls.batch.addSendFrom(inbox.address, sender, bytes, start, end)
        : calls.batch.addSend(sender, bytes, start, end);
    if (isAdded) this.#isAnswerDue = true;
    return isAdded;
  }

  /** Hot path. */
  readAhead(): void {
    if (this.#isAnswerDue && this.#remote !== undefined) this.#context.calls.batch.addReceive(this, readSize);
  }

  onReceived(ahead: ReadAhead): void {
    this.#ahead = ahead;
  }

  onBatchEnd(): void {
    this.#ahead = undefined;
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
    if (this.#remote === undefined) this.#context.closeBound(this.descriptor);
    else this.#context.closeDescriptor(this.descriptor);
  }

  /** Hot path. */
  #receiveAnswer({ address, port }: RemoteEnd): void {
    const { calls } = this.#context;
    this.#isAnswerDue = false;
    const length = this.#ahead?.count ?? calls.receive(this.descriptor, readSize);
    const start = this.#ahead?.start ?? calls.start;
    if (length < 0) this.#onError(-length);
    else this.#delivery.deliver(calls.bytes, start, start + length, address, port, this.localAddress);
  }

  /** Hot path. */
  #receiveBatches(): void {
    const { calls, inbox } = this.#context;
    for (let batch = 0; batch < maxBatchesPerTurn && !this.#delivery.isStopped; batch++) {
      const count = inbox.receive(this.descriptor, this.isWildcard);
      if (count < 0) {
        this.#onError(-count);
        return;
      }
      calls.batch.open(count);
      for (let index = 0; index < count; index++) {
        const port = inbox.source(index, this.#source);
        const local = this.#isSentTo(inbox, index) ? this.#local : this.localAddress;
        this.#delivery.deliver(inbox.bytes, inbox.start(index), inbox.end(index), this.#source, port, local);
      }
      if (count < inbox.capacity) return;
    }
  }

  /** Hot path. */
  #isSentTo(inbox: DatagramInbox, index: number): boolean {
    return this.isWildcard && inbox.local(index, this.#local);
  }

  #onError(errno: number): void {
    if (errno !== EAGAIN) this.#owner.onSocketError(errno);
  }
}
