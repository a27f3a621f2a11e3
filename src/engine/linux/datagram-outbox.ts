import type { IpAddress } from '../../model/address.ts';
import { DatagramVector, vectorBytes, vectorSize } from './datagram-vector.ts';
import type { Libc } from './libc.ts';
import { NativeMemory } from './native-memory.ts';
import type { Task, TaskQueue } from './reactor.ts';
import { socketAddressLength, writeSocketAddress } from './socket-address.ts';
import { EAGAIN, ECONNREFUSED, MSG_NOSIGNAL } from './system-constants.ts';

/** Room for datagrams that wait for the end of the turn. */
const dataBytes = 262_144;
/** The largest that UDP carries over IPv6; the kernel decides on the last bytes. */
const largestDatagram = 65_535;

/** The port that a datagram leaves by. */
export interface DatagramSource {
  /** -1 once it is closed. */
  readonly descriptor: number;
  /** The kernel did not take a datagram. Called from inside calls of the owner, too. */
  onSendFailed(errno: number): void;
}

/**
 * Datagrams that the UDP ports of one engine send: collected during a turn, and handed to the kernel in one
 * call for as many in a row as leave by one port.
 */
export class DatagramOutbox implements Task {
  readonly #libc: Libc;
  readonly #tasks: TaskQueue;
  readonly #memory: NativeMemory;
  readonly #vector: DatagramVector;
  readonly #sources: DatagramSource[] = [];
  #used = 0;
  #isQueued = false;

  constructor(libc: Libc, tasks: TaskQueue) {
    this.#libc = libc;
    this.#tasks = tasks;
    this.#memory = NativeMemory.take(libc.koffi, vectorBytes + dataBytes);
    this.#vector = new DatagramVector(this.#memory);
  }

  /**
   * Copies a datagram for sending.
   *
   * @param family that of the port's socket; 0 for a connected one, which has its address. Hot path.
   */
  add(
    source: DatagramSource,
    bytes: Buffer,
    start: number,
    end: number,
    family: number,
    to: IpAddress,
    toPort: number,
  ): void {
    const length = Math.min(end - start, largestDatagram + 1);
    if (this.#sources.length === vectorSize || this.#used + length > dataBytes) this.flush();
    const index = this.#sources.length;
    const offset = vectorBytes + this.#used;
    bytes.copy(this.#memory.bytes, offset, start, start + length);
    this.#vector.setPiece(index, offset, length);
    if (family !== 0)
      writeSocketAddress(this.#memory.bytes, this.#vector.nameOffset(index), family, to, toPort);
    this.#vector.setNameLength(index, family === 0 ? 0 : socketAddressLength(family));
    this.#sources.push(source);
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
    for (let start = 0, end = 0; start < sources.length; start = end) {
      const source = sources[start];
      while (end < sources.length && sources[end] === source) end++;
      if (source !== undefined) this.#send(source, start, end);
    }
    this.#empty();
  }

  dispose(): void {
    this.#memory.giveBack();
  }

  #send(source: DatagramSource, start: number, end: number): void {
    let hasRetried = false;
    for (let at = start; at < end && source.descriptor >= 0;) {
      const count = this.#libc.sendMany(
        source.descriptor,
        this.#vector.addressOf(at),
        end - at,
        MSG_NOSIGNAL,
      );
      if (count > 0) {
        at += count;
        continue;
      }
      const errno = this.#libc.errno();
      if (errno === EAGAIN) return;
      source.onSendFailed(errno);
      // A refusal is that of an earlier datagram: this one was not tried yet.
      if (errno !== ECONNREFUSED || hasRetried) at++;
      hasRetried = true;
    }
  }

  #empty(): void {
    this.#sources.length = 0;
    this.#used = 0;
  }
}
