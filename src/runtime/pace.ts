import type { Clock } from './runtime.ts';

/** Clients that come meanwhile wait no longer than this, and one step of the work. */
const sliceMs = 2;

/** Keeps long work from holding up the event loop: it is done in slices, and everybody else has a turn in between. */
export class Pace {
  readonly #clock: Clock;
  #begunMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#begunMs = clock.nowMs();
  }

  /** To be called after each step of the work, which takes less than a slice. */
  async rest(): Promise<void> {
    if (this.#clock.nowMs() - this.#begunMs < sliceMs) return;
    await new Promise<void>((resolve) => this.#clock.schedule(0, resolve));
    this.#begunMs = this.#clock.nowMs();
  }
}
