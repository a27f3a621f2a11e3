import type { Clock, Timer } from '../../../runtime/runtime.ts';

/** Milliseconds: half of the silence after which the system begins to ask. */
const roundMs = 30_000;

/**
 * Turns keep-alive on for sockets that have been open for a while: the short sessions of most traffic are over
 * before it could mean anything, and are spared the system calls.
 */
export class KeepAlive {
  readonly #clock: Clock;
  readonly #turnOn: (descriptor: number) => void;
  /** Descriptors and not objects: what was ever in a `Set` may stay in memory for long. */
  readonly #young = new Set<number>();
  #timer: Timer | undefined = undefined;

  constructor(clock: Clock, turnOn: (descriptor: number) => void) {
    this.#clock = clock;
    this.#turnOn = turnOn;
  }

  add(descriptor: number): void {
    this.#young.add(descriptor);
    this.#timer ??= this.#clock.schedule(roundMs, () => {
      this.#round();
    });
  }

  /** For every descriptor that is closed. A timer for nobody would keep the process alive. */
  delete(descriptor: number): void {
    if (this.#young.delete(descriptor) && this.#young.size === 0) this.#stop();
  }

  #stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #round(): void {
    this.#timer = undefined;
    for (const descriptor of this.#young) this.#turnOn(descriptor);
    this.#young.clear();
  }
}
