/** In place of what a reader missed. */
export interface Missed {
  readonly dropped: number;
}

/** Entries that wait for a slow reader. What comes after them is dropped and counted. */
const maxWaiting = 10_000;

/**
 * Entries on their way to one reader, as an async iterable, until the signal aborts. A reader that is slower than what
 * happens gets `{ dropped }` in place of what it missed.
 */
export class BoundedFeed<T> implements AsyncIterable<T | Missed> {
  readonly #signal: AbortSignal;
  #waiting: T[] = [];
  #dropped = 0;
  #wake = (): void => undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#wake(), { once: true });
  }

  offer(entry: T): void {
    if (this.#waiting.length < maxWaiting) this.#waiting.push(entry);
    else this.#dropped += 1;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T | Missed, void, undefined> {
    while (!this.#signal.aborted) {
      if (this.#waiting.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
      const [entries, dropped] = [this.#waiting, this.#dropped];
      this.#waiting = [];
      this.#dropped = 0;
      yield* entries;
      if (dropped > 0) yield { dropped };
    }
  }
}
