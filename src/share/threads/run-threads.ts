import type { Order, PlainRequest, Request } from './messages.ts';
import type { WorkerThread } from './worker-thread.ts';

/** The threads where one run of a listener is open, or is being opened. */
export class RunThreads {
  readonly #run: number;
  /** Each with a promise that resolves when the run is open there. */
  readonly #opened = new Map<WorkerThread, Promise<void>>();

  constructor(run: number) {
    this.#run = run;
  }

  [Symbol.iterator](): Iterator<WorkerThread> {
    return this.#opened.keys();
  }

  /** Opens it once in each. */
  openIn(thread: WorkerThread, open: () => Promise<void>): Promise<void> {
    const opening = this.#opened.get(thread) ?? open();
    this.#opened.set(thread, opening);
    return opening;
  }

  /** The worker of that row has ended. */
  lost(row: number): void {
    for (const thread of this.#opened.keys()) if (thread.row === row) this.#opened.delete(thread);
  }

  send(order: Order): void {
    for (const thread of this.#opened.keys()) thread.send(order);
  }

  say(kind: PlainRequest): Promise<void> {
    return this.ask(() => ({ kind, run: this.#run }));
  }

  /** What all of them list; nothing where one is gone. */
  async listed<T>(kind: 'sessions' | 'holders'): Promise<readonly T[]> {
    const request = { kind, run: this.#run } as const;
    const answers = await Promise.all([...this.#opened.keys()].map((thread) => thread.question(request)));
    return answers.flatMap((answer) => (answer as readonly T[] | undefined) ?? []);
  }

  /** A worker that dies meanwhile counts as done. */
  async ask(request: (thread: WorkerThread) => Request): Promise<void> {
    await Promise.all([...this.#opened.keys()].map((thread) => thread.request(request(thread))));
  }
}
