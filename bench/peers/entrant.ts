import { maxSessions } from './machine.ts';
import type { SubjectResults } from './results.ts';
import type { Site } from './site.ts';
import type { Order, RunningSubject, Subject } from './subject.ts';
import type { Sample, Stand, Workload } from './workloads/workload.ts';

/**
 * Milliseconds of work before the first measurement. V8 compiles what a proxy does in the first six seconds or so; a
 * program that compiles nothing fills its caches.
 */
const warmUp = { native: 300, nodeProgram: 6_000 };

/** One subject in one workload: started, proved, warmed up, measured round by round, started again, stopped. */
export class Entrant {
  readonly #workload: Workload;
  readonly #subject: Subject;
  readonly #site: Site;
  readonly #isQuick: boolean;
  #running: RunningSubject | undefined;
  #remarks: readonly string[] = [];
  #absent: string | undefined;
  readonly #samples: (Sample | undefined)[] = [];

  constructor(workload: Workload, subject: Subject, site: Site, isQuick: boolean) {
    this.#workload = workload;
    this.#subject = subject;
    this.#site = site;
    this.#isQuick = isQuick;
  }

  get name(): string {
    return this.#subject.name;
  }

  get results(): SubjectResults {
    const { name: subject } = this.#subject;
    const samples = this.#samples;
    const absent = this.#absent;
    if (absent === undefined) return { subject, samples, remarks: this.#remarks };
    if (samples.every((sample) => sample === undefined))
      return { subject, samples, remarks: this.#remarks, absent };
    return { subject, samples, remarks: [...this.#remarks, `failed after some rounds: ${absent}`] };
  }

  /** Starts the subject, and stops it before where it runs; several may start at once. */
  async start(): Promise<void> {
    await this.stop();
    if (this.#absent !== undefined) return;
    const { kept, missing } = this.#workload;
    await this.#orAbsent(async () => {
      const reason = missing?.() ?? this.#subject.missing();
      if (reason !== undefined) throw new Error(reason);
      if (kept !== undefined) this.#running = await this.#subject.start(kept.order(this.#site));
    });
  }

  /** Proves it correct and warms it up: Node.js compiles what is hot. */
  async prove(): Promise<void> {
    const { kept } = this.#workload;
    const running = this.#running;
    if (kept === undefined || running === undefined) return;
    await this.#orAbsent(async () => {
      this.#remarks = await kept.prove(running.address).catch((error: unknown) => {
        throw new Error(`not correct, so not measured: ${messageOf(error)}`);
      });
      await this.#work(this.#warmUpMs, this.#workload.warmUp ?? this.#workload.sample);
    });
  }

  /** Measures one round; a subject that fails in it is out of the workload. */
  async measure(milliseconds: number): Promise<Sample | undefined> {
    let sample: Sample | undefined;
    if (this.#absent === undefined) {
      await this.#orAbsent(async () => {
        sample = await this.#work(milliseconds, this.#workload.sample);
      });
    }
    this.#samples.push(sample);
    return sample;
  }

  async stop(): Promise<void> {
    await this.#running?.stop();
    this.#running = undefined;
  }

  get #warmUpMs(): number {
    return this.#subject.isNodeProgram ? warmUp.nodeProgram : warmUp.native;
  }

  /** A subject that fails at something is out of the workload, and the run goes on. */
  async #orAbsent(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.#absent = messageOf(error);
      console.log(`   ${this.#subject.name}: ${this.#absent}`);
    }
  }

  async #work<Result>(milliseconds: number, work: (stand: Stand) => Promise<Result>): Promise<Result> {
    const started: RunningSubject[] = [];
    const start = async (order: Order): Promise<RunningSubject> => {
      const running = await this.#subject.start(order);
      started.push(running);
      return running;
    };
    const running = this.#running ?? notRunning;
    const stand = {
      ...{ site: this.#site, running, start, milliseconds },
      ...{ warmUpMs: this.#warmUpMs, isQuick: this.#isQuick },
      maxSessions: this.#subject.maxSessions ?? maxSessions,
    };
    try {
      return await work(stand);
    } finally {
      await Promise.all(started.map((each) => each.stop()));
    }
  }
}

/** Stands in where each sample starts its own. */
const notRunning: RunningSubject = {
  pid: 0,
  address: { host: '127.0.0.1', port: 0 },
  stop: () => Promise.resolve(),
};

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
