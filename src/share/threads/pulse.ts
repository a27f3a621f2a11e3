import type { Clock, Timer } from '../../runtime/runtime.ts';

/** Between two beats of a worker. */
const beatMs = 250;
/** Between two looks of the main thread. */
const lookMs = 500;
/** A worker has hung if this many looks in a row find no new beat. */
const maxMissed = 20;

/** Why a worker was ended. */
export const hungReason = `its event loop has been blocked for ${(maxMissed * lookMs) / 1_000} s`;

/** Says in shared memory, again and again, that the event loop of this thread turns. */
export class Heartbeat {
  readonly #beats: Int32Array;
  readonly #clock: Clock;
  #timer: Timer | undefined = undefined;

  constructor(memory: SharedArrayBuffer, clock: Clock) {
    this.#beats = new Int32Array(memory);
    this.#clock = clock;
    this.#beat();
  }

  /** Nothing of it keeps the thread alive afterwards. */
  stop(): void {
    this.#timer?.cancel();
  }

  #beat(): void {
    Atomics.add(this.#beats, 0, 1);
    this.#timer = this.#clock.schedule(beatMs, () => {
      this.#beat();
    });
  }
}

/** The beats of one worker, as the main thread sees them. */
export class Pulse {
  readonly memory = new SharedArrayBuffer(4);
  readonly #beats = new Int32Array(this.memory);
  #seen = 0;
  #missed = 0;

  /**
   * Counts looks, and not time: a main thread that stood still itself looks once when it goes on.
   *
   * @returns true once, where the worker has begun to beat, and has hung since
   */
  hasStopped(): boolean {
    const beats = Atomics.load(this.#beats, 0);
    this.#missed = beats === this.#seen && beats !== 0 ? this.#missed + 1 : 0;
    this.#seen = beats;
    return this.#missed === maxMissed;
  }
}

/** Whose pulse is taken. */
export interface Patient {
  readonly pulse: Pulse;
  /** It has hung: ends it. */
  giveUp(reason: string): void;
}

/** Looks at the pulses of all workers, and gives up those that have hung. */
export class Watchdog {
  readonly #clock: Clock;
  readonly #patients: () => readonly Patient[];
  #timer: Timer | undefined = undefined;

  constructor(clock: Clock, patients: () => readonly Patient[]) {
    this.#clock = clock;
    this.#patients = patients;
  }

  start(): void {
    this.#timer = this.#clock.schedule(lookMs, () => {
      this.start();
      for (const patient of this.#patients()) if (patient.pulse.hasStopped()) patient.giveUp(hungReason);
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }
}
