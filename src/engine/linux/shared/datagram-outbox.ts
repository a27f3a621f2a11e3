import type { IpAddress } from '../../../model/address.ts';
import { DatagramVector, vectorBytes, vectorSize } from '../kernel/datagram-vector.ts';
import type { Libc } from '../kernel/libc.ts';
import { NativeMemory } from '../kernel/native-memory.ts';
import { writePacketInfo } from '../kernel/packet-info.ts';
import type { Task, TaskQueue } from '../loop/reactor.ts';
import { socketAddressLength, writeSocketAddress } from '../kernel/socket-address.ts';
import { EAGAIN, MSG_NOSIGNAL } from '../kernel/system-constants.ts';

/** Room for datagrams that wait for the end of the turn. */
const dataBytes = 262_144;
/** The largest that UDP carries over IPv6; the kernel decides on the last bytes. */
const largestDatagram = 65_535;

/** Up to so many bytes, a loop copies faster than `Buffer.copy`, which also makes an object each time. */
const fewBytes = 128;

/** The port that a datagram leaves by. */
export interface DatagramSource {
  /** -1 once it is closed. */
  readonly descriptor: number;
}

/**
 * Datagrams that the bound UDP ports of one engine send: collected during a turn, and handed to the kernel in one
 * call for as many in a row as leave by one port.
 */
export class DatagramOutbox implements Task {
  readonly #libc: Libc;
  readonly #tasks: TaskQueue;
  readonly #memory: NativeMemory;
  readonly #vector: DatagramVector;
  /** Of constant length: emptying and filling an array would allocate it each time. */
  readonly #sources = new Array<DatagramSource | undefined>(vectorSize).fill(undefined);
  #count = 0;
  #used = 0;
  #isQueued = false;

  constructor(libc: Libc, tasks: TaskQueue) {
    this.#libc = libc;
    this.#tasks = tasks;
    this.#memory = NativeMemory.take(libc, vectorBytes + dataBytes);
    this.#vector = new DatagramVector(this.#memory);
  }

  /**
   * Copies a datagram for sending.
   *
   * @param family that of the port's socket
   * @param from which address of this machine it leaves from, where the sender chooses that. Hot path.
   */
  add(
    source: DatagramSource,
    bytes: Buffer,
    start: number,
    end: number,
    family: number,
    to: IpAddress,
    toPort: number,
    from: IpAddress | undefined,
  ): void {
    const length = Math.min(end - start, largestDatagram + 1);
    if (this.#count === vectorSize || this.#used + length > dataBytes) this.flush();
    const index = this.#count++;
    const offset = vectorBytes + this.#used;
    copyBytes(bytes, start, length, this.#memory.bytes, offset);
    this.#vector.setPiece(index, offset, length);
    writeSocketAddress(this.#memory.bytes, this.#vector.nameOffset(index), family, to, toPort);
    this.#vector.setNameLength(index, socketAddressLength(family));
    this.#setFrom(index, family, from);
    this.#sources[index] = source;
    this.#used += length;
    if (this.#isQueued) return;
    this.#isQueued = true;
    this.#tasks.defer(this);
  }

  run(): void {
    this.#isQueued = false;
    this.flush();
  }

  fail(): void {
    this.#empty();
  }

  /** Sends everything now. Hot path. */
  flush(): void {
    const sources = this.#sources;
    for (let start = 0, end = 0; start < this.#count; start = end) {
      const source = sources[start];
      while (end < this.#count && sources[end] === source) end++;
      if (source !== undefined) this.#send(source, start, end);
    }
    this.#empty();
  }

  dispose(): void {
    this.#memory.giveBack();
  }

  /** Hot path. */
  #setFrom(index: number, family: number, from: IpAddress | undefined): void {
    const vector = this.#vector;
    const length =
      from === undefined ? 0 : writePacketInfo(this.#memory.bytes, vector.controlOffset(index), family, from);
    vector.setControlLength(index, length);
  }

  #send(source: DatagramSource, start: number, end: number): void {
    for (let at = start; at < end && source.descriptor >= 0;) {
      const count = this.#hand(source.descriptor, at, end);
      if (count < 0 && this.#libc.errno() === EAGAIN) return;
      // What the kernel does not take is dropped, as UDP does.
      at += Math.max(1, count);
    }
  }

  /**
   * One is cheaper alone than in a batch, unless it says where it leaves from. @returns how many the kernel took, or
   * -1. Hot path.
   */
  #hand(descriptor: number, start: number, end: number): number {
    const vector = this.#vector;
    if (end - start > 1 || vector.controlLength(start) > 0)
      return this.#libc.sendMany(descriptor, vector.addressOf(start), end - start, MSG_NOSIGNAL);
    const length = this.#libc.sendTo(
      descriptor,
      vector.pieceAddress(start),
      vector.pieceLength(start),
      MSG_NOSIGNAL,
      vector.nameAddress(start),
      vector.nameLength(start),
    );
    return length < 0 ? -1 : 1;
  }

  #empty(): void {
    for (let index = 0; index < this.#count; index++) this.#sources[index] = undefined;
    this.#count = 0;
    this.#used = 0;
  }
}

/** Hot path. */
function copyBytes(from: Buffer, start: number, length: number, to: Buffer, at: number): void {
  if (length > fewBytes) from.copy(to, at, start, start + length);
  else for (let index = 0; index < length; index++) to[at + index] = from[start + index] ?? 0;
}
