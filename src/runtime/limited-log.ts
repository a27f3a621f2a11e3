import type { Logger, Runtime } from './runtime.ts';

/** Between two lines that say the same. */
const tellAgainMs = 10_000;

/** A log for what may happen thousands of times a second: one line for each condition in ten seconds. */
export class LimitedLog {
  readonly #runtime: Runtime;
  readonly #toldMs = new Map<string, number>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** @param condition one of a few: each is remembered for good */
  tell(condition: string, level: Parameters<Logger>[0], message: string): void {
    const { clock, log } = this.#runtime;
    const nowMs = clock.nowMs();
    if (nowMs < (this.#toldMs.get(condition) ?? -Infinity) + tellAgainMs) return;
    this.#toldMs.set(condition, nowMs);
    log(level, message);
  }
}
