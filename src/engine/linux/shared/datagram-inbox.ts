import type { IpAddress } from '../../../model/address.ts';
import type { CallBatch } from '../loop/call-batch.ts';
import { DatagramVector, vectorBytes, vectorSize } from '../kernel/datagram-vector.ts';
import type { Libc } from '../kernel/libc.ts';
import { NativeMemory } from '../kernel/native-memory.ts';
import { packetInfoBytes, readPacketInfo } from '../kernel/packet-info.ts';
import { readSocketAddress, socketAddressSize } from '../kernel/socket-address.ts';

/** More than any datagram. */
const roomBytes = 65_536;
/** From one datagram to the next. A power of two would put them all into the same cache lines. */
const strideBytes = roomBytes + 192;

/** Where the UDP ports of one engine receive: one batch at a time, delivered before the next. */
export class DatagramInbox {
  readonly capacity = vectorSize;
  readonly #libc: Libc;
  readonly #batch: Pick<CallBatch, 'flush'>;
  readonly #memory: NativeMemory;
  readonly #vector: DatagramVector;
  /** In the first so many entries, the kernel wrote the length of the control messages. */
  #shortControls = vectorSize;

  /** @param batch which may send from here */
  constructor(libc: Libc, batch: Pick<CallBatch, 'flush'>) {
    this.#libc = libc;
    this.#batch = batch;
    this.#memory = NativeMemory.take(libc, vectorBytes + vectorSize * strideBytes);
    this.#vector = new DatagramVector(this.#memory);
    for (let index = 0; index < vectorSize; index++)
      this.#vector.setPiece(index, this.start(index), roomBytes);
  }

  /** What the offsets of the datagrams refer to. */
  get bytes(): Buffer {
    return this.#memory.bytes;
  }

  /** Where that is. */
  get address(): number {
    return this.#memory.address;
  }

  /**
   * @param hasLocal whether the socket says where each was sent to
   * @returns how many datagrams arrived, or a negated error number. Hot path.
   */
  receive(descriptor: number, hasLocal: boolean): number {
    // What is here from before may still be on its way.
    this.#batch.flush();
    if (hasLocal) this.#makeRoomForControls();
    const count = this.#libc.receiveMany(descriptor, this.#vector.addressOf(0), vectorSize, 0, null);
    // The kernel wrote how long the addresses were; there is room for the longest again.
    for (let index = 0; index < count; index++) this.#vector.setNameLength(index, socketAddressSize);
    if (count > this.#shortControls) this.#shortControls = count;
    return count < 0 ? -this.#libc.errno() : count;
  }

  /** Throws away what a socket has received so far. */
  discard(descriptor: number): void {
    while (this.receive(descriptor, false) === vectorSize);
  }

  /** Where a datagram begins. Hot path. */
  start(index: number): number {
    return vectorBytes + index * strideBytes;
  }

  /** Where it ends. Hot path. */
  end(index: number): number {
    return this.start(index) + this.#vector.receivedLength(index);
  }

  /** Reads who sent it. @returns the port. Hot path. */
  source(index: number, address: IpAddress): number {
    return readSocketAddress(this.bytes, this.#vector.nameOffset(index), address);
  }

  /**
   * Reads which address of this machine it was sent to.
   *
   * @returns false, and leaves the address as it was, where that is not said. Hot path.
   */
  local(index: number, address: IpAddress): boolean {
    const { bytes } = this.#memory;
    const vector = this.#vector;
    return readPacketInfo(bytes, vector.controlOffset(index), vector.controlLength(index), address);
  }

  #makeRoomForControls(): void {
    for (let index = 0; index < this.#shortControls; index++)
      this.#vector.setControlLength(index, packetInfoBytes);
    this.#shortControls = 0;
  }

  dispose(): void {
    this.#memory.giveBack();
  }
}
