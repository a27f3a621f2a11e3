import type { Clock, Timer } from './runtime.ts';
import { TimeQueue, type Timed } from './time-queue.ts';

class VirtualTimer implements Timer, Timed {
  queueIndex = -1;
  queueOrder = 0;
  readonly dueMs: number;
  readonly callback: () => void;
  readonly #timers: TimeQueue<VirtualTimer>;

  constructor(dueMs: number, callback: () => void, timers: TimeQueue<VirtualTimer>) {
    this.dueMs = dueMs;
    this.callback = callback;
    this.#timers = timers;
    timers.add(this);
  }

  cancel(): void {
    this.#timers.delete(this);
  }

  [Symbol.dispose](): void {
    this.cancel();
  }
}

/**
 * A clock that stands still until told to advance: timers fire in order of their due time, and promises that
 * a callback resolved are settled before the next timer fires.
 */
export class VirtualClock implements Clock {
  #nowMs = 0;
  readonly #wallOffsetMs: number;
  readonly #timers = new TimeQueue<VirtualTimer>();

  /** @param wallMs the wall-clock time at the start, milliseconds since 1970 */
  constructor(wallMs = 1_700_000_000_000) {
    this.#wallOffsetMs = wallMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#wallOffsetMs + this.#nowMs;
  }

  /** How many timers are armed. */
  get pending(): number {
    return this.#timers.size;
  }

  /** When the next timer is due; `Infinity` where none is armed. */
  get nextDueMs(): number {
    return this.#timers.first?.dueMs ?? Infinity;
  }

  schedule(delayMs: number, callback: () => void): Timer {
    return new VirtualTimer(this.#nowMs + Math.max(0, delayMs), callback, this.#timers);
  }

  /** Moves time forward, firing every timer that falls due on the way. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await settle();
    while (this.nextDueMs <= endMs) {
      this.fireNext();
      await settle();
    }
    this.passTo(endMs);
  }

  /** Moves time to where the next timer is due, and fires that one alone. Nothing happens where none will be due. */
  fireNext(): void {
    const next = this.#timers.first;
    if (next === undefined || next.dueMs === Infinity) return;
    next.cancel();
    this.#nowMs = next.dueMs;
    next.callback();
  }

  /** Moves time forward to `nowMs`, but not past the next timer. */
  passTo(nowMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, Math.min(nowMs, this.nextDueMs));
  }
}

/** Lets every promise reaction that is due run. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}
