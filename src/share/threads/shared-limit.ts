import type { SessionLimit } from '../../run/session-limit.ts';
import type { SharedCounters } from './shared-counters.ts';

/** The limit of a listener in all threads together. */
export class SharedLimit implements SessionLimit {
  readonly #max: number;
  readonly #counters: SharedCounters;
  readonly #tellRoom: () => void;
  #onRoom: (() => void) | undefined = undefined;

  /** @param tellRoom called when there is room that another thread waits for */
  constructor(max: number, counters: SharedCounters, tellRoom: () => void) {
    this.#max = max;
    this.#counters = counters;
    this.#tellRoom = tellRoom;
  }

  get isFull(): boolean {
    return this.#counters.connections.value >= this.#max;
  }

  take(): boolean {
    return this.#counters.connections.take(this.#max);
  }

  giveBack(): void {
    this.#counters.connections.giveBack();
    if (this.#counters.isAnotherHeld) this.#tellRoom();
  }

  awaitRoom(onRoom: () => void): void {
    this.#onRoom = onRoom;
    this.#counters.setHeld(true);
    // A session of another thread may have ended before that thread could see that this one waits.
    if (!this.isFull) {
      queueMicrotask(() => {
        this.offer();
      });
    }
  }

  /** There may be room. */
  offer(): void {
    const onRoom = this.#onRoom;
    this.#onRoom = undefined;
    this.#counters.setHeld(false);
    onRoom?.();
  }
}
