/** Words that a count takes for this many threads. */
export function countWords(rows: number): number {
  return 1 + rows;
}

/**
 * A number that several threads raise and lower together. Word 0 is the sum. Word 1 + row is the part of one thread,
 * and only that thread writes it. When a thread dies, its part can be taken back.
 *
 * The sum is raised by compare-and-exchange: it is never above the limit, not even for a moment, so nobody is refused
 * because of somebody who is refused as well.
 */
export class SharedCount {
  readonly #words: Int32Array;
  readonly #own: number;

  /** @param row of this thread; undefined for one that only reads */
  constructor(words: Int32Array, row: number | undefined) {
    this.#words = words;
    this.#own = row === undefined ? -1 : 1 + row;
  }

  /** The sum. Hot path. */
  get value(): number {
    return Atomics.load(this.#words, 0);
  }

  /** Hot path. @returns false, and nothing has changed, where the sum is at the limit */
  take(limit: number): boolean {
    const words = this.#words;
    let value = Atomics.load(words, 0);
    while (value < limit) {
      const found = Atomics.compareExchange(words, 0, value, value + 1);
      if (found === value) {
        Atomics.add(words, this.#own, 1);
        return true;
      }
      value = found;
    }
    return false;
  }

  /** Hot path. */
  giveBack(): void {
    Atomics.sub(this.#words, this.#own, 1);
    Atomics.sub(this.#words, 0, 1);
  }

  /** Takes back the part of a thread that has ended. @returns how many */
  clearRow(row: number): number {
    const count = Atomics.exchange(this.#words, 1 + row, 0);
    Atomics.sub(this.#words, 0, count);
    return count;
  }
}
