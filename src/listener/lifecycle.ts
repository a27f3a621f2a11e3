import { SluiceError } from '../base/errors.ts';
import { OptionReader } from '../base/options.ts';
import type { Clock } from '../runtime/runtime.ts';
import { assertTransition, type Transitions } from '../base/state-machine.ts';
import type { Stoppable } from '../run/run.ts';

/** `stopped → starting → started → stopping → stopped`; a failed start goes back to `stopped`. */
export type LifecycleState = 'stopped' | 'starting' | 'started' | 'stopping';

const transitions: Transitions<LifecycleState> = {
  stopped: ['starting'],
  starting: ['started', 'stopped'],
  started: ['stopping'],
  stopping: ['stopped'],
};

/** Who is told of a change, after the state has changed. */
export interface LifecycleObserver<S> {
  onStarted(running: S): void;
  /** @param aborted how many sessions or flows were cut */
  onStopped(running: S, aborted: number): void;
}

/** How a listener stops. */
export interface StopOptions {
  /**
   * How long sessions under way may go on; what is left then is cut. Milliseconds, 0 or more, or Infinity.
   * @default 30_000
   */
  readonly graceMs?: number;
}

const defaultGraceMs = 30_000;

/** @throws OptionsError for a grace time out of range */
export function readGraceMs(options: StopOptions): number | undefined {
  const reader = new OptionReader('stop', options);
  const graceMs = reader.limit('graceMs', { min: 0, max: Number.MAX_SAFE_INTEGER, default: undefined });
  reader.finish();
  return graceMs;
}

/**
 * Starts and stops one listener. `stop` is idempotent and may be called while a start is under way, or twice
 * at once, the second time with a shorter grace.
 */
export class Lifecycle<S extends Stoppable> {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #observer: LifecycleObserver<S>;
  #state: LifecycleState = 'stopped';
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #running: S | undefined;
  /** Cut since the start, by every stop together. */
  #aborted = 0;

  constructor(name: string, clock: Clock, observer: LifecycleObserver<S>) {
    this.#name = name;
    this.#clock = clock;
    this.#observer = observer;
  }

  get state(): LifecycleState {
    return this.#state;
  }

  /** What runs now; undefined while stopped or starting. */
  get running(): S | undefined {
    return this.#running;
  }

  /** @throws SluiceError `SLUICE_ERR_STATE` unless stopped; whatever `open` throws, which leaves it stopped */
  async start(open: () => Promise<S>): Promise<void> {
    if (this.#state !== 'stopped') {
      throw new SluiceError(
        'SLUICE_ERR_STATE',
        `'${this.#name}' is ${this.#state}; only a stopped service can be started`,
      );
    }
    this.#enter('starting');
    const opening = open();
    this.#starting = opening.then(ignore, ignore);
    this.#aborted = 0;
    try {
      this.#running = await opening;
      this.#enter('started');
      this.#observer.onStarted(this.#running);
    } catch (error) {
      this.#enter('stopped');
      throw error;
    } finally {
      this.#starting = undefined;
    }
  }

  /**
   * @param keepsIdle as of `RunningService.drain`
   * @throws OptionsError for a grace time out of range
   */
  async stop(options: StopOptions, keepsIdle = false): Promise<void> {
    const graceMs = readGraceMs(options);
    // Without a start under way, the port is given back before this function first waits.
    if (this.#starting !== undefined) await this.#starting;
    const running = this.#running;
    if (running === undefined) return;
    if (this.#state === 'started') {
      this.#enter('stopping');
      this.#stopping = this.#end(running, graceMs ?? defaultGraceMs, keepsIdle);
    } else {
      void this.#cutAfter(running, graceMs ?? Infinity, keepsIdle);
    }
    await this.#stopping;
  }

  async #end(running: S, graceMs: number, keepsIdle: boolean): Promise<void> {
    try {
      const ended = Promise.all([running.close(), this.#cutAfter(running, graceMs, keepsIdle)]);
      await ended.finally(() => running.dispose());
    } finally {
      this.#running = undefined;
      this.#enter('stopped');
    }
    this.#observer.onStopped(running, this.#aborted);
  }

  /** Waits for the drain, and cuts what is left when the grace time is over. */
  async #cutAfter(running: S, graceMs: number, keepsIdle: boolean): Promise<void> {
    const cut = (): void => {
      this.#aborted += running.abort('stopped');
    };
    using _grace = graceMs === Infinity ? undefined : this.#clock.schedule(graceMs, cut);
    await running.drain(keepsIdle);
  }

  #enter(next: LifecycleState): void {
    assertTransition(`Service '${this.#name}'`, transitions, this.#state, next);
    this.#state = next;
  }
}

function ignore(): void {
  // The caller of start() gets the error.
}
