import type { Random } from '../../runtime/runtime.ts';
import type { VirtualClock } from '../../runtime/virtual-clock.ts';

/** Something that is ready to tell its owner what happened. */
export interface Happening {
  /** For `Agenda` alone: it is on it. Set it to false at first. */
  isAwaited: boolean;
  /** Does one thing of what there is to do; if there is more, it puts itself on the agenda again. */
  happen(): void;
}

/**
 * What can happen next: everything that is ready, in an order that the seed chooses, and what comes with time. Time
 * moves on only where nothing is ready, so whatever is done takes none.
 */
export class Agenda {
  readonly clock: VirtualClock;
  readonly random: Random;
  /** How many packets are on their way. */
  #travelling = 0;
  readonly #ready: Happening[] = [];

  constructor(clock: VirtualClock, random: Random) {
    this.clock = clock;
    this.random = random;
  }

  /** Nothing is ready or on its way; there may be timers. */
  get isQuiet(): boolean {
    return this.#ready.length === 0 && this.#travelling === 0;
  }

  /** Idempotent. Hot path. */
  add(happening: Happening): void {
    if (happening.isAwaited) return;
    happening.isAwaited = true;
    this.#ready.push(happening);
  }

  /** Calls back when a packet that leaves now has arrived. */
  after(delayMs: number, arrive: () => void): void {
    this.#travelling += 1;
    this.clock.schedule(delayMs, () => {
      this.#travelling -= 1;
      arrive();
    });
  }

  /**
   * Makes the next thing happen, and lets time pass up to it if need be.
   *
   * @returns false where nothing is left until `endMs`
   */
  step(endMs: number): boolean {
    const { clock } = this;
    const ready = this.#ready;
    const isTimerDue = clock.nextDueMs <= clock.nowMs();
    const choices = ready.length + (isTimerDue ? 1 : 0);
    if (choices === 0) {
      if (clock.nextDueMs === Infinity || clock.nextDueMs > endMs) return false;
      clock.fireNext();
      return true;
    }
    const choice = choices === 1 ? 0 : Math.floor(this.random() * choices);
    const chosen = ready[choice];
    if (chosen === undefined) {
      clock.fireNext();
      return true;
    }
    const last = ready.pop();
    if (last !== undefined && last !== chosen) ready[choice] = last;
    chosen.isAwaited = false;
    chosen.happen();
    return true;
  }
}
