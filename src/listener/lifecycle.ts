import { SluiceError } from '../errors.ts';
import { OptionReader } from '../options.ts';
import type { Clock } from '../runtime/runtime.ts';
import type { CloseReason } from '../service/service-events.ts';
import { assertTransition, type Transitions } from '../state-machine.ts';

/** `stopped → starting → started → stopping → stopped`; a failed start goes back to `stopped`. */
export type LifecycleState = 'stopped' | 'starting' | 'started' | 'stopping';

const transitions: Transitions<LifecycleState> = {
  stopped: ['starting'],
  starting: ['started', 'stopped'],
  started: ['stopping'],
  stopping: ['stopped'],
};

/** What runs between start and stop. */
export interface RunningService {
  /** Takes nothing new; what is under way goes on. Resolves when the port is free. */
  close(): Promise<void>;
  /** Resolves once nothing is under way. */
  drain(): Promise<void>;
  /** Cuts what is under way. @returns how many sessions or flows */
  abort(reason: CloseReason): number;
  /** Gives back what `open` took: pool, engine. */
  dispose(): Promise<void>;
}

/** Who is told of a change, after the state has changed. */
export interface LifecycleObserver<S> {
  onStarted(running: S): void;
  /** @param aborted how many sessions or flows were cut */
  onStopped(running: S, aborted: number): void;
}

/** How a service stops. */
export interface StopOptions {
  /**
   * How long sessions under way may go on; what is left then is cut. Milliseconds, 0 or more, or Infinity.
   * @default 30_000
   */
  readonly graceMs?: number;
}

const defaultGraceMs = 30_000;

/**
 * Starts and stops one service. `stop` is idempotent and may be called while a start is under way, or twice
 * at once, the second time with a shorter grace.
 */
export class Lifecycle<S extends RunningService> {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #observer: LifecycleObserver<S>;
  #state: LifecycleState = 'stopped';
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #released: Promise<void> = Promise.resolve();
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

  /** Resolves when the stop under way has given back the port, which is before the last session has ended. */
  get released(): Promise<void> {
    return this.#released;
  }

  /** @throws SluiceError `SLUICE_ERR_STATE` unless stopped; whatever `open` throws, which leaves it stopped */
  async start(open: () => Promise<S>): Promise<void> {
    if (this.#state !== 'stopped') {
      throw new SluiceError(
        'SLUICE_ERR_STATE',
        `'${this.#name}' is ${this.#state}; only a stopped service starts`,
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

  /** @throws OptionsError for a grace time out of range */
  async stop(options: StopOptions): Promise<void> {
    const reader = new OptionReader('stop', options);
    const graceMs = reader.limit('graceMs', { min: 0, max: Number.MAX_SAFE_INTEGER, default: undefined });
    reader.finish();
    // Without a start under way, the port is given back before this function first waits.
    if (this.#starting !== undefined) await this.#starting;
    const running = this.#running;
    if (running === undefined) return;
    if (this.#state === 'started') {
      this.#enter('stopping');
      this.#stopping = this.#end(running, graceMs ?? defaultGraceMs);
    } else if (graceMs !== undefined) {
      void this.#cutAfter(running, graceMs);
    }
    await this.#stopping;
  }

  async #end(running: S, graceMs: number): Promise<void> {
    try {
      const closed = running.close();
      this.#released = closed.catch(ignore);
      const ended = Promise.all([closed, this.#cutAfter(running, graceMs)]);
      await ended.finally(() => running.dispose());
    } finally {
      this.#running = undefined;
      this.#enter('stopped');
    }
    this.#observer.onStopped(running, this.#aborted);
  }

  /** Waits for the drain, and cuts what is left when the grace time is over. */
  async #cutAfter(running: S, graceMs: number): Promise<void> {
    const cut = (): void => {
      this.#aborted += running.abort('stopped');
    };
    using _grace = graceMs === Infinity ? undefined : this.#clock.schedule(graceMs, cut);
    await running.drain();
  }

  #enter(next: LifecycleState): void {
    assertTransition(`Service '${this.#name}'`, transitions, this.#state, next);
    this.#state = next;
  }
}

function ignore(): void {
  // The caller of start() gets the error.
}
