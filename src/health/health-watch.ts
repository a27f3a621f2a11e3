import type { Health, ProbeReport } from '../model/server.ts';
import type { Timer } from '../runtime/runtime.ts';
import type { ResolvedHealthCheckOptions } from './health-check-options.ts';
import type { ProbeContext, ProbeSubject } from './probe.ts';
import { checkSafely, endWithin, localFault, type ProbeOutcome } from './probe-outcome.ts';
import { HealthThresholds } from './thresholds.ts';

/** Who is told what probes found. */
export interface HealthObserver {
  /** A probe ended. @param counts whether it says something about the server, good or bad */
  onProbe(report: ProbeReport, counts: boolean): void;
  /** Health changed; `report` is of the probe that decided. Called after its `onProbe`. */
  onHealth(current: 'up' | 'down', report: ProbeReport): void;
}

/** The watch over one server. */
export interface HealthWatch {
  /**
   * There is reason to look now, such as a client that could not connect. Cheap to call for each such client: probes
   * begin at least 100 ms apart, and one that is under way is not repeated.
   */
  wake(): void;
  /** While true, probes of a server that is up come at the fast interval: clients give reason to doubt it. */
  isInDoubt: boolean;
  /** Ends it at once; the observer hears nothing more. Idempotent. */
  stop(): void;
}

/** What a watch works with. */
export type WatchContext = Omit<ProbeContext, 'signal'>;

/** The least time from the start of one probe to the start of the next that `wake` asks for. */
const wakeGapMs = 100;

/** A probe that was given up may run on beside the next one; a second such probe may not. */
const maxUnreturned = 2;

/** Timeouts in a row that are blamed on a stalled process, and not on the server. */
const maxStallsInARow = 3;

/**
 * The schedule of one server's probes.
 *
 * `intervalMs` counts from start to start; a probe that takes longer delays the next. At the time limit a probe's
 * signal is aborted and its result is `timeout`, even if it does not return. Such a probe may run on beside the next
 * one. When that does not return either, none starts until one of the two has returned, and every probe that is due
 * meanwhile counts as a `timeout`.
 *
 * A time limit that is noticed late means that this process stood still (suspended, or busy with something else). The
 * answer may be waiting in the kernel: the result is reported as `stalled` and does not count, and the next probe
 * comes at the fast interval. A process that is late more than three times in a row is not stalled but overloaded:
 * from then on timeouts count. A probe that this machine could not carry out (`local-fault`: no descriptor was left)
 * never counts.
 */
export class ScheduledWatch implements HealthWatch {
  isInDoubt = false;
  readonly #options: ResolvedHealthCheckOptions;
  readonly #subject: ProbeSubject;
  readonly #context: WatchContext;
  readonly #observer: HealthObserver;
  readonly #thresholds: HealthThresholds;
  #timer: Timer | undefined = undefined;
  /** When the next probe begins; while one is under way, a time before all others. */
  #dueMs = -Infinity;
  #lastStartMs = -Infinity;
  /** Of the latest probe; also used after its result, for a connection that is still closing. */
  #controller: AbortController | undefined = undefined;
  #unreturned = 0;
  #stallsInARow = 0;
  /** The last probe could not be carried out. */
  #hasLocalFault = false;
  #isStopped = false;

  constructor(
    options: ResolvedHealthCheckOptions,
    subject: ProbeSubject,
    context: WatchContext,
    observer: HealthObserver,
    known?: Health,
  ) {
    this.#options = options;
    this.#subject = subject;
    this.#context = context;
    this.#observer = observer;
    this.#thresholds = new HealthThresholds(options.rise, options.fall, known);
    const { clock, random } = context.runtime;
    this.#planAt(clock.nowMs() + random() * Math.min(options.startJitterMs, options.intervalMs));
  }

  wake(): void {
    if (this.#isStopped) return;
    const soonestMs = Math.max(this.#context.runtime.clock.nowMs(), this.#lastStartMs + wakeGapMs);
    if (soonestMs < this.#dueMs) this.#planAt(soonestMs);
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#controller?.abort();
  }

  #planAt(dueMs: number): void {
    const { clock } = this.#context.runtime;
    this.#timer?.cancel();
    this.#dueMs = dueMs;
    this.#timer = clock.schedule(Math.max(0, dueMs - clock.nowMs()), () => void this.#probe());
  }

  async #probe(): Promise<void> {
    this.#lastStartMs = this.#context.runtime.clock.nowMs();
    this.#dueMs = -Infinity;
    const outcome = this.#unreturned < maxUnreturned ? await this.#runProbe() : stuck;
    if (!this.#isStopped) this.#take(outcome);
  }

  #runProbe(): Promise<ProbeOutcome> {
    const { probe, timeoutMs } = this.#options;
    const controller = new AbortController();
    this.#controller = controller;
    this.#unreturned++;
    return endWithin(timeoutMs, this.#context.runtime.clock, controller, () => {
      const check = checkSafely(probe, this.#subject, { ...this.#context, signal: controller.signal });
      void check.then(() => this.#unreturned--);
      return check;
    });
  }

  #take(outcome: ProbeOutcome): void {
    const counts = this.#doesCount(outcome);
    const isStalled = !counts && outcome.isStalled;
    const { ok, code, reason } = isStalled ? stalled : outcome.result;
    const atMs = this.#context.runtime.clock.wallMs();
    const report: ProbeReport = { ok, code, reason, tookMs: outcome.tookMs, atMs };
    const changed = counts ? this.#thresholds.consume(ok) : undefined;
    // Planned first, so that the observer may call wake() and stop().
    const { clock } = this.#context.runtime;
    this.#planAt(Math.max(clock.nowMs(), this.#lastStartMs + this.#nextIntervalMs(counts)));
    this.#tell(() => this.#observer.onProbe(report, counts));
    if (changed !== undefined) this.#tell(() => this.#observer.onHealth(changed, report));
  }

  #doesCount(outcome: ProbeOutcome): boolean {
    if (outcome.result.code === localFault) return this.#noteLocalFault(outcome);
    this.#hasLocalFault = false;
    if (!outcome.isStalled) {
      this.#stallsInARow = 0;
      return true;
    }
    this.#stallsInARow++;
    return this.#stallsInARow > maxStallsInARow;
  }

  /** Logs the first of several in a row: the server may be used unchecked for long. */
  #noteLocalFault({ result }: ProbeOutcome): false {
    const { server, service } = this.#subject;
    if (!this.#hasLocalFault) {
      this.#context.runtime.log('warn', `${server} (${service}) cannot be checked: ${result.reason}`);
    }
    this.#hasLocalFault = true;
    return false;
  }

  #nextIntervalMs(lastOneCounted: boolean): number {
    if (this.#thresholds.isUndecided || !lastOneCounted) return this.#options.fastIntervalMs;
    if (this.#thresholds.health === 'down') return this.#options.downIntervalMs;
    return this.isInDoubt ? this.#options.fastIntervalMs : this.#options.intervalMs;
  }

  /** An observer that throws must not end the checks. */
  #tell(call: () => void): void {
    if (this.#isStopped) return;
    try {
      call();
    } catch (error) {
      const { server, service } = this.#subject;
      const what = error instanceof Error ? error.message : String(error);
      this.#context.runtime.log('error', `The health observer of ${server} (${service}) threw: ${what}`);
    }
  }
}

const stuck: ProbeOutcome = {
  result: { ok: false, code: 'timeout', reason: 'Two earlier probes have not returned' },
  tookMs: 0,
  isStalled: false,
};

const stalled = {
  ok: false,
  code: 'stalled',
  reason: 'This process stood still during the probe, so its timeout does not count',
};
