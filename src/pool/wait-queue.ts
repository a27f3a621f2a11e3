/** Where the lengths of several queues of one service are summed up. */
export interface SharedQueue {
  /** How many wait in all of them. */
  readonly queued: number;
  /** Tells how many wait in this one now. */
  queueChanged(size: number): void;
}

/** A session or exchange that waits for a server to have room. */
export interface Waiter {
  /** There may be room now. @returns true if the waiter took it, or no longer waits */
  onTurn(): boolean;
}

/**
 * Those who wait while every suitable server is full, first come first served. A waiter whose own server is still
 * full lets the next one try.
 *
 * A turn publishes facts. Their handlers may free a place or change servers; the offers that follow skip the waiter
 * whose turn it is. A waiter may begin to wait again within its turn.
 */
export class WaitQueue {
  readonly #waiters = new Set<Waiter>();
  readonly #inTurn = new Set<Waiter>();
  readonly #maxWaiting: number;
  readonly #shared: SharedQueue | undefined;

  constructor(maxWaiting: number, shared?: SharedQueue) {
    this.#maxWaiting = maxWaiting;
    this.#shared = shared;
  }

  get size(): number {
    return this.#waiters.size;
  }

  /** @returns false where the queue is full */
  add(waiter: Waiter): boolean {
    if ((this.#shared?.queued ?? this.size) >= this.#maxWaiting) return false;
    this.#inTurn.delete(waiter);
    this.#waiters.add(waiter);
    this.#shared?.queueChanged(this.size);
    return true;
  }

  remove(waiter: Waiter): void {
    if (this.#waiters.delete(waiter)) this.#shared?.queueChanged(this.size);
  }

  /** One place is free: offers it in order. @returns false where nobody is left who wants it */
  offerOne(): boolean {
    for (const waiter of this.#waiters) {
      if (this.#offer(waiter)) return true;
    }
    return false;
  }

  /** Many places may be free, as after a server came up. */
  offerAll(): void {
    for (const waiter of this.#waiters) this.#offer(waiter);
  }

  #offer(waiter: Waiter): boolean {
    if (this.#inTurn.has(waiter)) return false;
    this.#inTurn.add(waiter);
    const isDone = waiter.onTurn();
    const waitsAnew = !this.#inTurn.delete(waiter);
    if (isDone && !waitsAnew) this.remove(waiter);
    return isDone;
  }
}
