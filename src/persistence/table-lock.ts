import type { AllocateBytes } from './stick-records.ts';

/** Positions in the words. */
const owner = 0;
const waiting = 1;

/** Tries before a thread lets others have the processor: longer than the lock is ever held. */
const spins = 500;
const waitMs = 10;

/**
 * Keeps other threads out for the time of one call. A thread that dies inside leaves its number behind. A thread that
 * knows of the death calls `takeOver`.
 */
export class TableLock {
  readonly #words: Int32Array;
  readonly #own: number;

  /** @param own number of this thread, from 1 */
  constructor(allocate: AllocateBytes, own: number) {
    this.#words = new Int32Array(allocate(8), 0, 2);
    this.#own = own;
  }

  /**
   * Hot path.
   *
   * @param limitMs how long to wait for a lock that is held; the default is for ever
   * @returns 0, or the number of the thread that holds the lock where the time is over
   */
  enter(limitMs = Infinity): number {
    for (let spin = 0; spin < spins; spin++) {
      if (Atomics.compareExchange(this.#words, owner, 0, this.#own) === 0) return 0;
    }
    return this.#wait(limitMs);
  }

  /** Hot path. */
  leave(): void {
    Atomics.store(this.#words, owner, 0);
    if (Atomics.load(this.#words, waiting) > 0) Atomics.notify(this.#words, owner, 1);
  }

  /** Enters in the place of a thread that is dead. @returns false where it does not hold the lock */
  takeOver(from: number): boolean {
    return Atomics.compareExchange(this.#words, owner, from, this.#own) === from;
  }

  #wait(limitMs: number): number {
    let holder = Atomics.compareExchange(this.#words, owner, 0, this.#own);
    Atomics.add(this.#words, waiting, 1);
    for (let waitedMs = 0; holder !== 0 && waitedMs < limitMs; waitedMs += waitMs) {
      Atomics.wait(this.#words, owner, holder, waitMs);
      holder = Atomics.compareExchange(this.#words, owner, 0, this.#own);
    }
    Atomics.sub(this.#words, waiting, 1);
    return holder;
  }
}
