import type { MessagePort } from 'node:worker_threads';
import { FactEmitter } from '../../facts/fact-emitter.ts';
import type { ServiceEvents } from '../../facts/service-events.ts';
import { copyEnded, dataPathFactNames, dataPathFacts, type AccessEnded } from '../../records/access-facts.ts';
import type { Fact, Report } from './messages.ts';

/**
 * A worker's way to the main thread. Facts of one turn of the event loop go in one message; whatever is sent
 * meanwhile goes behind them. The main thread hears everything in the order it happened.
 */
export class MainLink {
  /** Where the runs of this worker publish. It has handlers only for what the main thread listens to. */
  readonly facts = new FactEmitter<ServiceEvents>();
  readonly #port: MessagePort;
  readonly #handlers = new Map<string, (fact: unknown) => void>();
  #batch: Fact[] = [];

  constructor(port: MessagePort) {
    this.#port = port;
  }

  send(report: Report): void {
    this.#flush();
    this.#port.postMessage(report);
  }

  /** Facts of these events, and no others, are wanted from now on. */
  listenTo(events: readonly string[]): void {
    for (const event of dataPathFactNames) {
      const handler = this.#handlers.get(event);
      if (handler === undefined && events.includes(event)) this.#listen(event);
      if (handler === undefined || events.includes(event)) continue;
      dataPathFacts(this.facts).off(event, handler);
      this.#handlers.delete(event);
    }
  }

  #listen(event: (typeof dataPathFactNames)[number]): void {
    const handler = (heard: unknown): void => {
      const fact = event === 'accessEnded' ? copyEnded(heard as AccessEnded) : heard;
      if (this.#batch.push([event, fact]) === 1) {
        // After all handlers of this turn, which the engine calls from one task.
        queueMicrotask(() => {
          this.#flush();
        });
      }
    };
    this.#handlers.set(event, handler);
    dataPathFacts(this.facts).on(event, handler);
  }

  #flush(): void {
    if (this.#batch.length === 0) return;
    const facts = this.#batch;
    this.#batch = [];
    this.#port.postMessage({ kind: 'facts', facts } satisfies Report);
  }
}
