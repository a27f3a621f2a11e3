import type { Balancer } from '../balancer/balancer.ts';
import type { ServiceEvents } from '../facts/service-events.ts';

type EventName = keyof ServiceEvents;

/** Which events a feed passes on; without a wish, all. */
export interface FeedFilter {
  readonly service: string | undefined;
  /** An IP address. */
  readonly client: string | undefined;
}

/** One event in the feed. */
export interface FedEvent {
  readonly event: EventName;
  readonly [field: string]: unknown;
}

/** Events that wait for a slow reader. What comes after them is dropped and counted. */
const maxWaiting = 10_000;

/**
 * The events of a balancer as an async iterable, until the signal aborts. While a feed is open every event is built, so
 * traffic costs a little more. A reader that is slower than the traffic gets `{ dropped }` in place of what it missed.
 */
export class EventFeed implements AsyncIterable<FedEvent | { readonly dropped: number }> {
  readonly #balancer: Balancer;
  readonly #filter: FeedFilter;
  readonly #signal: AbortSignal;
  readonly #handlers: (readonly [EventName, (fact: object) => void])[] = [];
  #waiting: FedEvent[] = [];
  #dropped = 0;
  #wake = (): void => undefined;

  constructor(balancer: Balancer, names: readonly EventName[], filter: FeedFilter, signal: AbortSignal) {
    this.#balancer = balancer;
    this.#filter = filter;
    this.#signal = signal;
    for (const name of names) {
      const handler = (fact: object): void => this.#take(name, fact);
      this.#handlers.push([name, handler]);
      balancer.on(name, handler);
    }
    signal.addEventListener('abort', () => this.#wake(), { once: true });
  }

  [Symbol.dispose](): void {
    for (const [name, handler] of this.#handlers.splice(0)) this.#balancer.off(name, handler);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<FedEvent | { readonly dropped: number }, void, undefined> {
    while (!this.#signal.aborted) {
      if (this.#waiting.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
      const [events, dropped] = [this.#waiting, this.#dropped];
      this.#waiting = [];
      this.#dropped = 0;
      yield* events;
      if (dropped > 0) yield { dropped };
    }
  }

  #take(event: EventName, fact: object): void {
    const entry: FedEvent = { event, ...fact };
    if (!this.#isWanted(entry)) return;
    if (this.#waiting.length < maxWaiting) this.#waiting.push(entry);
    else this.#dropped += 1;
    this.#wake();
  }

  #isWanted({ service, client }: FedEvent): boolean {
    const { service: wantedService, client: wantedClient } = this.#filter;
    if (wantedService !== undefined && service !== wantedService) return false;
    return wantedClient === undefined || (typeof client === 'string' && addressOf(client) === wantedClient);
  }
}

/** The address of `192.0.2.7:1234` or `[2001:db8::1]:1234`. */
function addressOf(endpoint: string): string {
  return endpoint.replace(/:\d+$/u, '').replace(/^\[(.*)\]$/u, '$1');
}
