import { backOffMs } from './back-off.ts';
import type { ResolvedPassiveHealthOptions } from './passive-health-options.ts';

/**
 * Passive health of one server: real clients that cannot connect are probes, too. Pure; time is an argument.
 *
 * The owner asks {@link mayEject} when a failure is one too many, and then calls `eject`. It calls `readmit` when the
 * time is over, or when checks have proved the server well before that. Each ejection takes twice as long as the one
 * before, and ends early only after twice as many checks: checks that say `up` while clients cannot connect lose
 * weight. A success resets both to the first step once the server has been back for as long as it was out. Shorter
 * calm proves nothing.
 */
export class PassiveEjection {
  readonly #options: ResolvedPassiveHealthOptions;
  #failures = 0;
  #step = 0;
  #isEjected = false;
  /** When the last ejection began, and for how long the server was out then. */
  #ejectedAtMs = -Infinity;
  #wasOutMs = 0;
  /** The end of the current ejection, or the moment the server was last readmitted. */
  #backAtMs = -Infinity;
  /** Checks in a row that went well since the ejection. */
  #proofs = 0;

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

  /** Have so many clients in a row failed to connect that the server is due for ejection? */
  get isDue(): boolean {
    return this.#failures >= this.#options.failures;
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
    return this.isDue;
  }

  /**
   * A check of the server ended. One that began before the ejection says nothing about it.
   *
   * @param rise how many that go well in a row end the first ejection
   * @returns true where the server is due to be readmitted before its time
   */
  recordCheck(ok: boolean, startedMs: number, rise: number): boolean {
    if (!this.#isEjected || startedMs < this.#ejectedAtMs) return false;
    this.#proofs = ok ? this.#proofs + 1 : 0;
    return this.#proofs >= rise * 2 ** (this.#step - 1);
  }

  /** A client connected. Hot path. */
  recordSuccess(nowMs: number): void {
    this.#failures = 0;
    if (this.#step === 0 || this.#isEjected) return;
    if (nowMs - this.#backAtMs >= this.#wasOutMs) this.#step = 0;
  }

  /** Takes the server out. @returns for how many milliseconds */
  eject(nowMs: number): number {
    const forMs = backOffMs(this.#step, this.#options.ejectMs, this.#options.maxEjectMs);
    this.#step++;
    this.#isEjected = true;
    this.#proofs = 0;
    this.#ejectedAtMs = nowMs;
    this.#backAtMs = nowMs + forMs;
    return forMs;
  }

  /** Takes it back in, with no failures counted. Also before its time. */
  readmit(nowMs: number): void {
    this.#isEjected = false;
    this.#failures = 0;
    this.#wasOutMs = nowMs - this.#ejectedAtMs;
    this.#backAtMs = nowMs;
  }
}

/**
 * May one more server be ejected? At most `poolSize × maxEjectedRatio` may, rounded down, but at least one in a pool
 * of two or more (unless the ratio is 0). The last server that is left never may.
 *
 * @param ejectedCount how many of them are out
 * @param poolSize servers that would serve new clients if none was ejected, and the one in question
 */
export function mayEject(ejectedCount: number, poolSize: number, maxEjectedRatio: number): boolean {
  if (poolSize < 2 || maxEjectedRatio === 0) return false;
  // 0.29 × 100 is 28.999…96: what a person means by it is 29.
  const share = Math.floor(poolSize * maxEjectedRatio + 1e-9);
  return ejectedCount < Math.min(Math.max(1, share), poolSize - 1);
}
