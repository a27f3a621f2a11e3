const lineFeed = 0x0a;

/** Bytes in order, in memory of their own: put in at one end, taken out at the other. */
export class ByteQueue {
  length = 0;
  readonly #chunks: Buffer[] = [];
  /** Chunks before this one were taken, and so many bytes of it. */
  #first = 0;
  #taken = 0;

  /** Puts in a copy of bytes `start` to `end`. */
  add(bytes: Buffer, start: number, end: number): void {
    this.#put(Buffer.from(bytes.subarray(start, end)));
  }

  /**
   * How many bytes there are up to and including a line's end: the first one, or the last one within the first `most`
   * bytes. 0 where there is none, or not in the first piece that was put in.
   */
  lineEnd(isLast: boolean, most: number): number {
    const chunk = this.#chunks[this.#first];
    if (chunk === undefined) return 0;
    const index = isLast
      ? chunk.lastIndexOf(lineFeed, this.#taken + most - 1)
      : chunk.indexOf(lineFeed, this.#taken);
    return index < this.#taken || index >= this.#taken + most ? 0 : index + 1 - this.#taken;
  }

  /** Takes `count` bytes, of those that there are, and writes them to `into` from `at`. */
  read(into: Buffer, at: number, count: number): void {
    let to = at;
    this.#take(count, (chunk) => {
      to += chunk.copy(into, to);
    });
  }

  /** Takes `count` bytes, of those that there are, and puts them into another queue. */
  move(to: ByteQueue, count: number): void {
    this.#take(count, (chunk) => {
      to.#put(chunk);
    });
  }

  /** Takes `count` bytes away from the end. */
  dropLast(count: number): void {
    const left = this.length - count;
    const rest = new ByteQueue();
    this.move(rest, left);
    this.clear();
    rest.move(this, left);
  }

  clear(): void {
    this.#chunks.length = 0;
    this.#first = 0;
    this.#taken = 0;
    this.length = 0;
  }

  #put(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.length += chunk.length;
  }

  #take(count: number, use: (chunk: Buffer) => void): void {
    let left = count;
    while (left > 0) {
      const chunk = this.#chunks[this.#first];
      if (chunk === undefined) throw new RangeError(`${left} bytes more were requested than the queue holds`);
      const end = Math.min(chunk.length, this.#taken + left);
      const part = this.#taken === 0 && end === chunk.length ? chunk : chunk.subarray(this.#taken, end);
      left -= part.length;
      this.length -= part.length;
      this.#taken = end;
      if (end === chunk.length) this.#nextChunk();
      use(part);
    }
  }

  #nextChunk(): void {
    this.#taken = 0;
    this.#first += 1;
    // The array is cut seldom, so that each chunk is moved at most once on average.
    if (this.#first * 2 < this.#chunks.length) return;
    this.#chunks.splice(0, this.#first);
    this.#first = 0;
  }
}
