/** The most that `stage` takes at once, in bytes: more than any datagram, as much as one read brings. */
export const largestStage = 65_536;

/**
 * Memory for bytes on their way to the kernel. What is handed to `node:net` or `node:dgram` must stay
 * untouched while it is pending, and the caller's bytes are the caller's again on return; so every send goes
 * out of a copy. Almost always the kernel takes all of it at once, and the same place serves the next copy;
 * only what it did not take is retained, and its memory is left to those that still refer to it.
 */
export class SendArena {
  #slab = Buffer.allocUnsafeSlow(largestStage);
  #used = 0;
  #staged = 0;

  /**
   * Copies bytes `start` to `end`, at most {@link largestStage}. The copy is good until the next call, unless
   * it is retained. Hot path.
   */
  stage(bytes: Buffer, start: number, end: number): Buffer {
    const length = end - start;
    if (this.#used + length > largestStage) {
      this.#slab = Buffer.allocUnsafeSlow(largestStage);
      this.#used = 0;
    }
    this.#staged = length;
    bytes.copy(this.#slab, this.#used, start, end);
    return this.#slab.subarray(this.#used, this.#used + length);
  }

  /** The copy staged last is still pending: its memory is not used again. */
  retain(): void {
    this.#used += this.#staged;
    this.#staged = 0;
  }
}
