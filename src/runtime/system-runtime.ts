import { performance } from 'node:perf_hooks';
import type { Clock, Runtime, Timer } from './runtime.ts';

/** setTimeout's own limit: a longer delay would fire at once. */
const maxDelayMs = 2 ** 31 - 1;

/** Looks at the clock when it fires: `setTimeout` counts whole milliseconds, and so may be early by a part. */
class SystemTimer implements Timer {
  readonly #dueMs: number;
  readonly #callback: () => void;
  #handle: NodeJS.Timeout;

  constructor(delayMs: number, callback: () => void) {
    this.#dueMs = performance.now() + delayMs;
    this.#callback = callback;
    this.#handle = this.#arm(delayMs);
  }

  cancel(): void {
    clearTimeout(this.#handle);
  }

  [Symbol.dispose](): void {
    this.cancel();
  }

  #arm(restMs: number): NodeJS.Timeout {
    return setTimeout(
      () => {
        this.#fire();
      },
      Math.min(Math.ceil(restMs), maxDelayMs),
    );
  }

  #fire(): void {
    const restMs = this.#dueMs - performance.now();
    if (restMs > 0) this.#handle = this.#arm(restMs);
    else this.#callback();
  }
}

/** The machine's own clock. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  schedule: (delayMs, callback) => new SystemTimer(delayMs, callback),
};

/** The real world: system time, `Math.random`, and a log that says nothing. */
export const systemRuntime: Runtime = {
  clock: systemClock,
  random: Math.random,
  log: () => undefined,
};
