import type { Clock, Timer } from './runtime.ts';

/** A timer that is this late, in milliseconds, shows that this process stood still. */
const stallMs = 50;
/** Everything that has arrived meanwhile is then read first, for this long. */
const readingMs = 10;

/** Something that has one deadline at a time, kept by {@link Deadlines}. */
export interface Expiring {
  /** For `Deadlines` alone: where it stands, -1 for nowhere. Set it to -1 at first. */
  deadlineIndex: number;
  /** For `Deadlines` alone. Set it to 0 at first. */
  dueMs: number;
  /** The deadline has passed; it is not kept any more. */
  onDeadline(): void;
}

/**
 * The deadlines of many, with one timer for all: the next one is always first in a binary heap. Each
 * costs one word of memory here, and setting a deadline allocates nothing.
 *
 * After a stall of this process no deadline is judged at once: what would have met it may wait in the kernel.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #heap: Expiring[] = [];
  #timer: Timer | undefined = undefined;
  #timerDueMs = 0;
  #isAfterStall = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Sets the deadline, instead of any other, so many milliseconds from now: 0 or more. Hot path. */
  set(item: Expiring, delayMs: number): void {
    item.dueMs = this.#clock.nowMs() + delayMs;
    if (item.deadlineIndex < 0) {
      item.deadlineIndex = this.#heap.length;
      this.#heap.push(item);
      this.#rise(item);
    } else {
      this.#rise(item);
      this.#sink(item);
    }
    this.#arm();
  }

  /** Idempotent. Hot path. */
  clear(item: Expiring): void {
    const index = item.deadlineIndex;
    if (index < 0) return;
    item.deadlineIndex = -1;
    const last = this.#heap.pop();
    if (last !== undefined && last !== item) {
      this.#place(last, index);
      this.#rise(last);
      this.#sink(last);
    }
    // A timer that is too early looks again; one for nobody would keep the process alive.
    if (this.#heap.length === 0) this.#disarm();
  }

  #arm(): void {
    const next = this.#heap[0];
    if (next === undefined || (this.#timer !== undefined && this.#timerDueMs <= next.dueMs)) return;
    this.#disarm();
    this.#schedule(next.dueMs);
  }

  #schedule(dueMs: number): void {
    this.#timerDueMs = dueMs;
    this.#timer = this.#clock.schedule(Math.max(0, dueMs - this.#clock.nowMs()), this.#onTimer);
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  readonly #onTimer = (): void => {
    this.#timer = undefined;
    const nowMs = this.#clock.nowMs();
    this.#isAfterStall = !this.#isAfterStall && nowMs - this.#timerDueMs >= stallMs;
    if (this.#isAfterStall) {
      this.#schedule(nowMs + readingMs);
      return;
    }
    try {
      for (let next = this.#heap[0]; next !== undefined && next.dueMs <= nowMs; next = this.#heap[0]) {
        this.clear(next);
        next.onDeadline();
      }
    } finally {
      this.#arm();
    }
  };

  #rise(item: Expiring): void {
    let index = item.deadlineIndex;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = this.#heap[above];
      if (parent === undefined || parent.dueMs <= item.dueMs) break;
      this.#place(parent, index);
      index = above;
    }
    this.#place(item, index);
  }

  #sink(item: Expiring): void {
    let index = item.deadlineIndex;
    for (;;) {
      const child = this.#earlierChild(index);
      if (child === undefined || child.dueMs >= item.dueMs) break;
      const below = child.deadlineIndex;
      this.#place(child, index);
      index = below;
    }
    this.#place(item, index);
  }

  #earlierChild(index: number): Expiring | undefined {
    const left = this.#heap[2 * index + 1];
    const right = this.#heap[2 * index + 2];
    return right !== undefined && left !== undefined && right.dueMs < left.dueMs ? right : left;
  }

  #place(item: Expiring, index: number): void {
    this.#heap[index] = item;
    item.deadlineIndex = index;
  }
}
