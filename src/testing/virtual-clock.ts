import type { Clock, Timer } from '../runtime/runtime.ts';

interface Entry {
  readonly dueMs: number;
  readonly callback: () => void;
}

/**
 * A clock that stands still until told to advance: timers fire in order of their due time, and promises that
 * a callback resolved are settled before the next timer fires.
 */
export class VirtualClock implements Clock {
  #nowMs = 0;
  readonly #wallOffsetMs: number;
  readonly #timers = new Set<Entry>();

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

  schedule(delayMs: number, callback: () => void): Timer {
    const entry: Entry = { dueMs: this.#nowMs + Math.max(0, delayMs), callback };
    this.#timers.add(entry);
    const cancel = (): void => void this.#timers.delete(entry);
    return { cancel, [Symbol.dispose]: cancel };
  }

  /** Moves time forward, firing every timer that falls due on the way. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await settle();
    for (let next = this.#next(endMs); next !== undefined; next = this.#next(endMs)) {
      this.#nowMs = next.dueMs;
      this.#timers.delete(next);
      next.callback();
      await settle();
    }
    this.#nowMs = endMs;
  }

  #next(endMs: number): Entry | undefined {
    let first: Entry | undefined;
    for (const entry of this.#timers) {
      if (entry.dueMs <= endMs && (first === undefined || entry.dueMs < first.dueMs)) first = entry;
    }
    return first;
  }
}

/** Lets every promise reaction that is due run. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}
