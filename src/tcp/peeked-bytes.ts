/** What one client sent before its server was chosen. */
export class PeekedBytes {
  readonly #maxBytes: number;
  #memory: Buffer;
  #size = 0;

  /** @param maxBytes after which nobody waits for more; what came with them is kept all the same */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#memory = Buffer.allocUnsafe(Math.min(maxBytes, 512));
  }

  /** All of them, in order. */
  get bytes(): Buffer {
    return this.#memory.subarray(0, this.#size);
  }

  get isFull(): boolean {
    return this.#size >= this.#maxBytes;
  }

  add(bytes: Buffer, start: number, end: number): void {
    const size = this.#size + end - start;
    if (size > this.#memory.length) {
      const larger = Buffer.allocUnsafe(Math.max(size, 2 * this.#memory.length));
      this.#memory.copy(larger, 0, 0, this.#size);
      this.#memory = larger;
    }
    bytes.copy(this.#memory, this.#size, start, end);
    this.#size = size;
  }
}
