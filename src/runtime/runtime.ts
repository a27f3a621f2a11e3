/** A timer that can be cancelled; disposing cancels it. */
export interface Timer {
  cancel(): void;
  [Symbol.dispose](): void;
}

/** Time, as everything but `runtime/` sees it. */
export interface Clock {
  /** Monotonic milliseconds with fractions; only differences mean something. */
  nowMs(): number;
  /** Wall-clock milliseconds since 1970, for records that people read and for cookies. */
  wallMs(): number;
  /**
   * Calls back once after `delayMs` (0 to 2^31-1; longer delays are taken in steps). Never early.
   *
   * @param isBackground whether the process may end before, where nothing else keeps it alive. @default false
   */
  schedule(delayMs: number, callback: () => void, isBackground?: boolean): Timer;
}

/** Uniform random numbers from 0 (inclusive) to 1 (exclusive). */
export type Random = () => number;

/** One line for people who run the process. Never patient data, never payload. */
export type Logger = (level: 'info' | 'warn' | 'error', message: string) => void;

/** What a service needs of the world besides its engine; tests pass their own. */
export interface Runtime {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}
