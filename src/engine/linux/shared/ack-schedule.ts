import type { Clock, Timer } from '../../../runtime/runtime.ts';

/** A socket from which bytes were read that perhaps nothing acknowledges soon. */
export interface Owing {
  /** Acknowledges them, unless an answer has since. @returns false to be asked again at the next round */
  settle(): boolean;
}

/** Rounds are that far apart, in milliseconds: a tenth of the 40 that the kernel waits for an answer. */
const roundMs = 4;

/**
 * Acknowledges what no answer acknowledged: everything is asked at the first round and at the second, so
 * that an answer has at least one whole interval of time.
 */
export class AckSchedule {
  readonly #clock: Clock;
  #owing: Owing[] = [];
  #asked: Owing[] = [];
  #timer: Timer | undefined = undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The caller takes care to ask once. Hot path. */
  add(socket: Owing): void {
    this.#owing.push(socket);
    this.#timer ??= this.#clock.schedule(roundMs, this.#round);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  readonly #round = (): void => {
    this.#timer = undefined;
    const owing = this.#owing;
    this.#owing = this.#asked;
    for (const socket of owing) {
      if (!socket.settle()) this.#owing.push(socket);
    }
    owing.length = 0;
    this.#asked = owing;
    if (this.#owing.length > 0) this.#timer ??= this.#clock.schedule(roundMs, this.#round);
  };
}
