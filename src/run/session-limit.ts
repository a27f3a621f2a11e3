/** Counts the client connections of a listener against its limit. */
export interface SessionLimit {
  readonly isFull: boolean;
  /** One more. @returns false where that would be too many */
  take(): boolean;
  giveBack(): void;
  /** The listener has stopped accepting: calls back when others make room. */
  awaitRoom(onRoom: () => void): void;
}

/** The limit of a listener that is alone: only its own sessions make room. */
export class OwnLimit implements SessionLimit {
  readonly #max: number;
  #count = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get isFull(): boolean {
    return this.#count >= this.#max;
  }

  take(): boolean {
    if (this.isFull) return false;
    this.#count += 1;
    return true;
  }

  giveBack(): void {
    this.#count -= 1;
  }

  awaitRoom(): void {
    // It asks again when a session ends.
  }
}
