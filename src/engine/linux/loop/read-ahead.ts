/** The most that one read brings, in bytes. */
export const readSize = 65_536;

/** What was received for a connection in a batch, and how much of it is not handed on yet. */
export class ReadAhead {
  /** Bytes, 0 at the end, or a negated error number. */
  count = 0;
  /** Where they begin, in the memory of the calls or in `kept`. */
  start = 0;
  /** How many there was room for. */
  length = 0;
  /** Where the bytes are that outlasted their batch. */
  readonly kept: Buffer | undefined;

  constructor(kept?: Buffer) {
    this.kept = kept;
  }

  /** The first bytes are handed on. */
  skip(count: number): void {
    this.start += count;
    this.count -= count;
    this.length -= count;
  }

  /** The same, but what is in the memory of the batch is in memory of its own. */
  outlasting(bytes: Buffer): ReadAhead {
    const { start, count } = this;
    const kept = new ReadAhead(count > 0 ? Buffer.from(bytes.subarray(start, start + count)) : undefined);
    // As if there had been no more room: the system must be asked again whether more has arrived.
    kept.count = kept.length = count;
    return kept;
  }
}
