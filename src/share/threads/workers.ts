import { ownUdpPorts } from '../../engine/common/own-udp-ports.ts';
import type { FactEmitter } from '../../facts/fact-emitter.ts';
import { backOffMs } from '../../health/back-off.ts';
import type { Runtime, Timer } from '../../runtime/runtime.ts';
import { clockOriginMs } from '../../runtime/thread-clock.ts';
import type { ServiceEvents } from '../../facts/service-events.ts';
import { dataPathFactNames, isWanted, retell } from '../../records/access-facts.ts';
import { sharedSessionIds } from '../../path/traffic-counters.ts';
import type { Fact, Report, RunReport } from './messages.ts';
import { Watchdog } from './pulse.ts';
import { endMs, WorkerThread, type WorkerObserver } from './worker-thread.ts';

/** A run that is open in all workers. */
export interface RunInWorkers {
  /** Its number in orders and reports. */
  readonly id: number;
  /** Opens it in one worker that took the place of another. @throws SluiceError where that fails */
  openIn(thread: WorkerThread): Promise<void>;
  onReport(thread: WorkerThread, report: RunReport): void;
  /** A worker has ended. @returns how many sessions went with it */
  onWorkerLost(row: number): number;
}

/** A worker that lived shorter than this is replaced with a growing delay. */
const calmMs = 60_000;
const firstDelayMs = 100;
const maxDelayMs = 10_000;

/**
 * The worker threads of a balancer: started with the first run, ended after the last one. One that dies is
 * replaced, at once the first time, and with growing delays where it keeps dying. One that hangs is ended.
 */
export class Workers implements WorkerObserver {
  readonly count: number;
  readonly #runtime: Runtime;
  readonly #facts: FactEmitter<ServiceEvents>;
  readonly #runs = new Map<number, RunInWorkers>();
  readonly #threads = new Map<number, WorkerThread>();
  readonly #replacements = new Map<number, Timer>();
  readonly #watchdog: Watchdog;
  /** By row: when its worker started, and how many in a row died early. */
  readonly #startedMs: number[] = [];
  readonly #earlyDeaths: number[] = [];
  #lastRun = 0;
  #users = 0;
  #starting: Promise<void> = Promise.resolve();
  #heardEvents = '';

  /** @param count at least 1 */
  constructor(count: number, runtime: Runtime, facts: FactEmitter<ServiceEvents>) {
    this.count = count;
    this.#runtime = runtime;
    this.#facts = facts;
    this.#watchdog = new Watchdog(runtime.clock, () => {
      // Nobody tells of those who subscribe to a channel, so each look asks.
      this.#tellListeners();
      return this.threads;
    });
  }

  /** Those that take orders, or will. */
  get threads(): readonly WorkerThread[] {
    return [...this.#threads.values()];
  }

  /** A number for a run. */
  nextRun(): number {
    this.#lastRun += 1;
    return this.#lastRun;
  }

  /**
   * For a run that starts; it calls `release` when it has ended, and also where this throws.
   *
   * @throws SluiceError `SLUICE_ERR_WORKER` where a worker cannot start
   */
  acquire(): Promise<void> {
    this.#users += 1;
    if (this.#users === 1) {
      this.#starting = this.#start();
      // A run that fails before it waits for this releases, and is told of its own failure.
      this.#starting.catch(() => undefined);
    }
    return this.#starting;
  }

  async release(): Promise<void> {
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#facts.watchInterest(undefined);
    this.#watchdog.stop();
    for (const timer of this.#replacements.values()) timer.cancel();
    this.#replacements.clear();
    const threads = this.threads;
    this.#threads.clear();
    await Promise.all(threads.map((thread) => this.#end(thread)));
  }

  /** From now on its reports are handed on, and it is opened in workers that take the place of others. */
  add(run: RunInWorkers): void {
    this.#runs.set(run.id, run);
  }

  remove(run: RunInWorkers): void {
    this.#runs.delete(run.id);
  }

  onReport(thread: WorkerThread, report: Exclude<Report, { readonly kind: 'ready' | 'done' }>): void {
    if (report.kind === 'facts') this.#publish(report.facts);
    else if (report.kind === 'log')
      this.#runtime.log(report.level, `worker ${thread.row}: ${report.message}`);
    else this.#runs.get(report.run)?.onReport(thread, report);
  }

  onExit(thread: WorkerThread, reason: string): void {
    // One that was told to end is in nobody's list any more.
    if (this.#threads.get(thread.row) !== thread) return;
    this.#threads.delete(thread.row);
    let sessionsLost = 0;
    for (const run of this.#runs.values()) sessionsLost += run.onWorkerLost(thread.row);
    this.#runtime.log('error', `worker ${thread.row} died with ${sessionsLost} sessions: ${reason}`);
    const atMs = this.#runtime.clock.wallMs();
    this.#facts.publish('workerFailed', { worker: thread.row, reason, sessionsLost, atMs });
    this.#planReplacement(thread.row);
  }

  async #start(): Promise<void> {
    this.#earlyDeaths.length = 0;
    this.#watchdog.start();
    this.#facts.watchInterest(() => {
      this.#tellListeners();
    });
    const threads = Array.from({ length: this.count }, (_, row) => this.#startThread(row));
    await Promise.all(threads.map((thread) => thread.ready));
  }

  #startThread(row: number): WorkerThread {
    const sessionIds = sharedSessionIds();
    const { memory } = ownUdpPorts();
    const data = { row, rows: this.count, clockOriginMs: clockOriginMs(), sessionIds, ownUdpPorts: memory };
    this.#tellListeners();
    const thread = new WorkerThread(data, this);
    this.#startedMs[row] = this.#runtime.clock.nowMs();
    this.#threads.set(row, thread);
    thread.send({ kind: 'listeners', events: this.#listenedEvents() });
    return thread;
  }

  #planReplacement(row: number): void {
    if (this.#users === 0) return;
    const { clock } = this.#runtime;
    const livedMs = clock.nowMs() - (this.#startedMs[row] ?? 0);
    const earlyDeaths = livedMs >= calmMs ? 0 : (this.#earlyDeaths[row] ?? 0);
    this.#earlyDeaths[row] = earlyDeaths + 1;
    const delayMs = earlyDeaths === 0 ? 0 : backOffMs(earlyDeaths - 1, firstDelayMs, maxDelayMs);
    const replace = (): void => {
      this.#replacements.delete(row);
      void this.#replace(row);
    };
    this.#replacements.set(row, clock.schedule(delayMs, replace));
  }

  /** Starts a worker in the place of one that died, with all runs in it. */
  async #replace(row: number): Promise<void> {
    const thread = this.#startThread(row);
    try {
      await thread.ready;
      await Promise.all([...this.#runs.values()].map((run) => run.openIn(thread)));
    } catch (error) {
      if (this.#threads.get(row) !== thread) return;
      // A worker that cannot carry its share is ended; its end plans the next one.
      const message = error instanceof Error ? error.message : String(error);
      this.#runtime.log(
        'error',
        `worker ${row} could not be replaced, and the next attempt follows: ${message}`,
      );
      await thread.terminate();
      return;
    }
    if (this.#threads.get(row) !== thread) return;
    this.#facts.publish('workerReplaced', { worker: row, atMs: this.#runtime.clock.wallMs() });
  }

  async #end(thread: WorkerThread): Promise<void> {
    thread.send({ kind: 'end' });
    const { clock } = this.#runtime;
    using _limit = clock.schedule(endMs, () => void thread.terminate());
    await thread.gone;
  }

  #publish(facts: readonly Fact[]): void {
    for (const [name, fact] of facts) {
      const event = name as (typeof dataPathFactNames)[number];
      if (!isWanted(this.#facts, event)) this.#tellListeners();
      retell(this.#facts, event, fact as never);
    }
  }

  /** Tells the workers which facts are wanted, where that is news. */
  #tellListeners(): void {
    const events = this.#listenedEvents();
    if (events.join() === this.#heardEvents) return;
    this.#heardEvents = events.join();
    for (const thread of this.threads) thread.send({ kind: 'listeners', events });
  }

  #listenedEvents(): readonly string[] {
    return dataPathFactNames.filter((name) => isWanted(this.#facts, name));
  }
}
