import { callBytes, CallBatch } from './call-batch.ts';
import type { Libc } from '../kernel/libc.ts';
import { NativeMemory } from '../kernel/native-memory.ts';
import type { ReadAhead } from './read-ahead.ts';
import { MSG_NOSIGNAL, POLLIN, POLLPRI, POLLRDHUP } from '../kernel/system-constants.ts';

/** `struct pollfd`: the descriptor, then what is asked and what is answered, 16 bits each. */
const pollBytes = 8;
const asked = POLLIN | POLLPRI | POLLRDHUP;

/**
 * Receives and sends for the sockets of a thread, one by one or in a batch. Everything is received into one piece of
 * memory, and handed on before the same place is used again.
 */
export class SocketCalls {
  readonly bytes: Buffer;
  /** Where in `bytes` begins what was received last. */
  start = 0;
  readonly batch: CallBatch;
  readonly #libc: Libc;
  readonly #memory: NativeMemory;
  readonly #poll: NativeMemory;

  constructor(libc: Libc) {
    this.#libc = libc;
    this.#memory = NativeMemory.take(libc, callBytes);
    this.#poll = NativeMemory.take(libc, pollBytes);
    this.bytes = this.#memory.bytes;
    this.batch = new CallBatch(libc, this, this.#memory);
  }

  /** @returns bytes, 0 at the end, or a negated error number. Hot path. */
  receive(descriptor: number, length: number): number {
    this.#useStart();
    const count = this.#libc.receive(descriptor, this.#memory.address, length, 0);
    return count < 0 ? -this.#libc.errno() : count;
  }

  /** Puts the first bytes of what was received ahead at `start`. Hot path. */
  show({ kept, start }: ReadAhead, count: number): void {
    this.start = start;
    if (kept === undefined) return;
    this.#useStart();
    kept.copy(this.bytes, 0, start, start + count);
  }

  /** @returns how many bytes the kernel took, or a negated error number. Hot path. */
  send(descriptor: number, bytes: Buffer, start: number, end: number): number {
    if (bytes === this.bytes) return this.sendFrom(this.#memory.address, descriptor, start, end);
    const part = start === 0 ? bytes : bytes.subarray(start, end);
    const count = this.#libc.send(descriptor, part, end - start, MSG_NOSIGNAL);
    return count < 0 ? -this.#libc.errno() : count;
  }

  /** As `send`, for bytes whose memory is at that address. Hot path. */
  sendFrom(address: number, descriptor: number, start: number, end: number): number {
    const count = this.#libc.sendFrom(descriptor, address + start, end - start, MSG_NOSIGNAL);
    return count < 0 ? -this.#libc.errno() : count;
  }

  /**
   * Whether bytes, FIN or an error wait at the socket; true where that cannot be found out. Unlike a receipt that
   * leaves the bytes (MSG_PEEK), this does not use up the error. Hot path.
   */
  hasArrivals(descriptor: number): boolean {
    const { address, words } = this.#poll;
    words[0] = descriptor;
    words[1] = asked;
    return this.#libc.poll(address, 1, 0) !== 0;
  }

  dispose(): void {
    this.batch.dispose();
    this.#memory.giveBack();
    this.#poll.giveBack();
  }

  /** What is there may be on its way with the batch. Hot path. */
  #useStart(): void {
    if (this.batch.usesStart) this.batch.flush();
    this.start = 0;
  }
}
