import type { FactEmitter } from '../facts/fact-emitter.ts';
import { guardPersistence } from '../persistence/guarded-persistence.ts';
import type { Persistence } from '../persistence/persistence.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { ServiceEvents } from '../facts/service-events.ts';

/** The least time between two reports of one call of one extension: it may fail at every request. */
const gapMs = 10_000;

interface Failing {
  reportedMs: number;
  /** Failures that were not reported yet. */
  count: number;
}

/**
 * Takes failures of a user's own code that a service calls: a strategy or a balancing policy. An event and a line of
 * the log tell of the first at once. Failures of the next 10 s are told together with the one after them.
 */
export class ExtensionFailures {
  readonly #service: string;
  readonly #runtime: Runtime;
  readonly #facts: FactEmitter<ServiceEvents>;
  readonly #failing = new Map<string, Failing>();

  constructor(service: string, runtime: Runtime, facts: FactEmitter<ServiceEvents>) {
    this.#service = service;
    this.#runtime = runtime;
    this.#facts = facts;
  }

  /**
   * @param extension for people: `persistence 'own'`
   * @param call the method that threw
   */
  report(extension: string, call: string, error: unknown): void {
    const { clock, log } = this.#runtime;
    const key = `${extension} ${call}`;
    const failing = this.#failing.get(key) ?? { reportedMs: -Infinity, count: 0 };
    this.#failing.set(key, failing);
    failing.count += 1;
    if (clock.nowMs() - failing.reportedMs < gapMs) return;
    const { count } = failing;
    failing.reportedMs = clock.nowMs();
    failing.count = 0;
    // What was thrown may quote what a client sent: it must not reach a log.
    const what = error instanceof Error ? error.name : typeof error;
    const service = this.#service;
    const times = count === 1 ? '' : ` (${count} times)`;
    log('error', `${service}: ${call} of ${extension} threw${times}: ${what}; see the event extensionFailed`);
    this.#facts.publish('extensionFailed', {
      ...{ service, extension, call, error, count },
      atMs: clock.wallMs(),
    });
  }
}

/** The same persistence with strategies that report failures instead of throwing. */
export function reportFailures(persistence: Persistence, failures: ExtensionFailures): Persistence {
  return guardPersistence(persistence, ({ reason }, call, error) => {
    failures.report(`persistence '${reason}'`, call, error);
  });
}
