import { backOffMs } from './back-off.ts';
import type { ResolvedPassiveHealthOptions } from './passive-health-options.ts';

/**
 * Passive health of one server: real clients that cannot connect are probes, too. Pure; time is an argument.
 *
 * The owner asks {@link mayEject} when a failure is one too many, calls `eject`, and `readmit` when the time
 * is over. Each ejection takes twice as long as the one before. A success resets that to the first step,
 * once the server has been back for as long as it was out: shorter calm proves nothing.
 */
export class PassiveEjection {
  readonly #options: ResolvedPassiveHealthOptions;
  #failures = 0;
  #step = 0;
  #isEjected = false;
  #lastEjectMs = 0;
  /** The end of the current ejection, or the moment the server was last readmitted. */
  #backAtMs = -Infinity;

  constructor(options: ResolvedPassiveHealthOptions) {
    this.#options = options;
  }

  get isEjected(): boolean {
    return this.#isEjected;
  }

  /** When the current ejection ends, in `Clock.nowMs` time; meaningless while not ejected. */
  get readmitAtMs(): number {
    return this.#backAtMs;
  }

  /**
   * A client could not connect.
   *
   * @returns true where the server is due for ejection: now, and, if it may not be ejected, at every further
   * failure. Sessions that were already connecting when it was ejected do not count again.
   */
  recordFailure(): boolean {
    if (this.#isEjected) return false;
    this.#failures++;
    return this.#failures >= this.#options.failures;
  }

  /** A client connected. Hot path. */
  recordSuccess(nowMs: number): void {
    this.#failures = 0;
    if (this.#step === 0 || this.#isEjected) return;
    if (nowMs - this.#backAtMs >= this.#lastEjectMs) this.#step = 0;
  }

  /** Takes the server out. @returns for how many milliseconds */
  eject(nowMs: number): number {
    this.#lastEjectMs = backOffMs(this.#step, this.#options.ejectMs, this.#options.maxEjectMs);
    this.#step++;
    this.#isEjected = true;
    this.#backAtMs = nowMs + this.#lastEjectMs;
    return this.#lastEjectMs;
  }

  /** Takes it back in, with no failures counted. Also before its time, where a person orders so. */
  readmit(nowMs: number): void {
    this.#isEjected = false;
    this.#failures = 0;
    this.#backAtMs = nowMs;
  }
}

/**
 * May one more server be ejected? At most `poolSize × maxEjectedRatio`, rounded down, but one at least in a
 * pool of two or more (unless the ratio is 0), and never the last server that is left.
 */
export function mayEject(ejectedCount: number, poolSize: number, maxEjectedRatio: number): boolean {
  if (poolSize < 2 || maxEjectedRatio === 0) return false;
  // 0.29 × 100 is 28.999…96: what a person means by it is 29.
  const share = Math.floor(poolSize * maxEjectedRatio + 1e-9);
  return ejectedCount < Math.min(Math.max(1, share), poolSize - 1);
}
