import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { ownUdpPorts } from '../../engine/common/own-udp-ports.ts';
import { SluiceError } from '../../base/errors.ts';
import type { Order, Report, Request, WorkerData } from './messages.ts';
import { Pulse, type Patient } from './pulse.ts';

/** Who hears of a worker thread. */
export interface WorkerObserver {
  onReport(thread: WorkerThread, report: Exclude<Report, { readonly kind: 'ready' | 'done' }>): void;
  /** The thread has ended, called once; what waited for its answers goes on after this. */
  onExit(thread: WorkerThread, reason: string): void;
}

/** How long a worker may take to end what it was told to end. */
export const endMs = 5_000;

/** That a request was carried out. */
interface Done {
  readonly answer: unknown;
}

interface Waiting {
  readonly resolve: (done: Done | undefined) => void;
  readonly reject: (error: Error) => void;
}

/** One worker thread as the main thread sees it: orders, requests with their answers, and its end. */
export class WorkerThread implements Patient {
  readonly row: number;
  readonly pulse = new Pulse();
  /** Resolves once it takes orders. @throws SluiceError `SLUICE_ERR_WORKER` where it does not come to that */
  readonly ready: Promise<void>;
  /** Resolves when the thread has ended. */
  readonly gone: Promise<void>;
  readonly #worker: Worker;
  readonly #observer: WorkerObserver;
  readonly #waiting = new Map<number, Waiting>();
  #lastRequest = 0;
  #fault: string | undefined = undefined;
  #isGone = false;

  constructor(data: Omit<WorkerData, 'pulse'>, observer: WorkerObserver) {
    this.row = data.row;
    this.#observer = observer;
    this.#worker = startWorker({ ...data, pulse: this.pulse.memory });
    // The id of a thread that is gone is not known any more.
    const { threadId } = this.#worker;
    this.#worker.on('error', (error) => {
      this.#fault = faultText(error);
    });
    this.gone = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        ownUdpPorts().clearThread(threadId);
        this.#exited(this.#fault ?? `it exited with code ${code}`);
        resolve();
      });
    });
    this.ready = new Promise((resolve, reject) => {
      this.#worker.on('message', (report: Report) => {
        if (report.kind === 'ready') resolve();
        else this.#heard(report);
      });
      void this.gone.then(() => {
        const reason = this.#fault ?? 'it ended at once';
        reject(new SluiceError('SLUICE_ERR_WORKER', `worker ${data.row} did not start: ${reason}`));
      });
    });
    // A caller that waits for it is told; if nobody waits, the failure must not end the process.
    this.ready.catch(() => undefined);
  }

  send(order: Order): void {
    if (!this.#isGone) this.#worker.postMessage(order);
  }

  /**
   * @returns false where the thread is gone, with all that the request would change
   * @throws SluiceError as the worker found
   */
  async request(request: Request): Promise<boolean> {
    return (await this.#send(request)) !== undefined;
  }

  /** @returns the answer to a question; undefined where the thread is gone. @throws SluiceError as the worker found */
  async question(request: Request): Promise<unknown> {
    return (await this.#send(request))?.answer;
  }

  #send(request: Request): Promise<Done | undefined> {
    if (this.#isGone) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      this.#lastRequest += 1;
      this.#waiting.set(this.#lastRequest, { resolve, reject });
      this.send({ kind: 'request', id: this.#lastRequest, request });
    });
  }

  giveUp(reason: string): void {
    this.#fault ??= reason;
    void this.terminate();
  }

  /** Ends it at once, whatever it is doing. */
  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  #heard(report: Exclude<Report, { readonly kind: 'ready' }>): void {
    if (report.kind !== 'done') {
      this.#observer.onReport(this, report);
      return;
    }
    const waiting = this.#waiting.get(report.id);
    this.#waiting.delete(report.id);
    if (report.error === undefined) waiting?.resolve({ answer: report.answer });
    else waiting?.reject(new SluiceError(report.error.code, report.error.message));
  }

  #exited(reason: string): void {
    this.#isGone = true;
    this.#observer.onExit(this, reason);
    for (const { resolve } of this.#waiting.values()) resolve(undefined);
    this.#waiting.clear();
  }
}

/** The program stands beside this file; where this file is a source, it needs to be translated, too. */
function startWorker(workerData: WorkerData): Worker {
  const options = { workerData, name: `sluice worker ${workerData.row}` };
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('./worker.js', import.meta.url), options);
  const program = new URL('./worker.ts', import.meta.url).href;
  const translator = createRequire(import.meta.url).resolve('tsx/package.json');
  const register = new URL('./dist/esm/api/index.mjs', pathToFileURL(translator)).href;
  const code = `import('${register}').then(({ register }) => { register(); return import('${program}'); });`;
  return new Worker(code, { ...options, eval: true, execArgv: [] });
}

function faultText(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** For the caller of a request: the thread died before it was carried out. */
export function diedMeanwhile(row: number): SluiceError {
  return new SluiceError('SLUICE_ERR_WORKER', `worker ${row} died while a listener was opened in it`);
}
