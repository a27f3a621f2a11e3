import { performance } from 'node:perf_hooks';
import type { Clock, Runtime, Timer } from './runtime.ts';

/** setTimeout's own limit: a longer delay would fire at once. */
const maxDelayMs = 2 ** 31 - 1;

/** Looks at the clock when it fires: `setTimeout` counts whole milliseconds, and so may be early by a part. */
class SystemTimer implements Timer {
  readonly #dueMs: number;
  readonly #callback: () => void;
  readonly #isBackground: boolean;
  #handle: NodeJS.Timeout;

  constructor(delayMs: number, callback: () => void, isBackground: boolean) {
    this.#isBackground = isBackground;
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
    const handle = setTimeout(
      () => {
        this.#fire();
      },
      Math.min(Math.ceil(restMs), maxDelayMs),
    );
    return this.#isBackground ? handle.unref() : handle;
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
  schedule: (delayMs, callback, isBackground = false) => new SystemTimer(delayMs, callback, isBackground),
};

/** The real world: system time, `Math.random`, and a log that says nothing. */
export const systemRuntime: Runtime = {
  clock: systemClock,
  random: Math.random,
  log: () => undefined,
};
