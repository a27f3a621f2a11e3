/** Buffers kept for reuse; a burst beyond it is left to the garbage collector. */
const maxKept = 256;

/**
 * Buffers of one size that exchanges borrow while they run, so that an idle connection holds none and a busy
 * service allocates none. Last given, first taken: that one is still in the processor's cache.
 */
export class BufferStock {
  /** Stands for no memory: giving it back does nothing. */
  readonly none: Buffer = Buffer.alloc(0);
  readonly size: number;
  readonly #kept: Buffer[] = [];

  constructor(size: number) {
    this.size = size;
  }

  /** A buffer of at least `size` bytes, contents undefined. */
  take(size: number): Buffer {
    if (size > this.size) return Buffer.allocUnsafeSlow(size);
    return this.#kept.pop() ?? Buffer.allocUnsafeSlow(this.size);
  }

  /** Takes a buffer back; one of another size is only forgotten. */
  give(buffer: Buffer): void {
    if (buffer.length === this.size && this.#kept.length < maxKept) this.#kept.push(buffer);
  }
}
