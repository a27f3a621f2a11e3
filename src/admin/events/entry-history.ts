/** The last so many entries of a log, each with its number from 1 on. */
export class EntryHistory {
  readonly #capacity: number;
  readonly #entries: Buffer[] = [];
  #last = 0;

  /** @param capacity at least 1 */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The number of the last entry; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  /** The number of the oldest entry that is kept. */
  get first(): number {
    return Math.max(1, this.#last - this.#capacity + 1);
  }

  /** @param make gives the entry its bytes, for its number */
  add(make: (number: number) => Buffer): void {
    this.#last += 1;
    this.#entries[this.#last % this.#capacity] = make(this.#last);
  }

  /** @returns undefined where it is not kept */
  get(number: number): Buffer | undefined {
    const isKept = number >= this.first && number <= this.#last;
    return isKept ? this.#entries[number % this.#capacity] : undefined;
  }
}
