/** What memory holds that nobody may read: neither text nor zeros. */
const poison = 0xa5;

/** The most that one read brings. */
export const largestRead = 65_536;

/** At each side of what is lent, in bytes. */
const margin = 8;

const misuses = {
  read: 'bytes were used after the call that lent them: they were valid only during the call',
  write: 'memory was written to outside the bytes that were lent',
} as const;

/**
 * The memory that all connections and ports of a network read into, one after the other. What was read is lent to one
 * handler for the time of one call, at a changing place, and poisoned afterwards. A handler that keeps it,
 * looks beside it or writes beside it is found.
 */
export class ReadMemory {
  readonly bytes = Buffer.alloc(largestRead + 256, poison);
  #start = 0;
  #end = 0;

  /** Lends `length` bytes, which are still to be written. @returns where they start; `at` of 0 to 1 moves them */
  lend(length: number, at: number): number {
    this.#start = margin + Math.floor(at * (256 - 2 * margin));
    this.#end = this.#start + length;
    return this.#start;
  }

  /** Takes back what was lent. @returns what was done wrong, if anything was */
  takeBack(): string | undefined {
    const { bytes } = this;
    const start = this.#start;
    const end = this.#end;
    let isClean = true;
    for (let i = 1; i <= margin; i++)
      isClean &&= bytes[start - i] === poison && bytes[end + i - 1] === poison;
    bytes.fill(poison, isClean ? start : 0, isClean ? end : bytes.length);
    this.#start = 0;
    this.#end = 0;
    return isClean ? undefined : misuses.write;
  }

  /** @returns what is wrong with using bytes `start` to `end` now, if anything is */
  problemWith(bytes: Buffer, start: number, end: number): string | undefined {
    if (bytes.buffer !== this.bytes.buffer) return undefined;
    const shift = bytes.byteOffset - this.bytes.byteOffset;
    return start + shift >= this.#start && end + shift <= this.#end ? undefined : misuses.read;
  }
}
