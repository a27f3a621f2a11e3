import type { Clock } from '../runtime/runtime.ts';
import type { AccessLog } from './access-log.ts';
import type { AccessLogOptions } from './access-log-options.ts';
import type { AccessRecord } from './access-record.ts';
import { describeEvent, stateEventNames } from './event-log.ts';
import { hearEvents, type EventSource } from './hear-events.ts';
import { isWanted, type EventEntry, type LogEntry, type LogFilter, type OrderEntry } from './log-entry.ts';
import { Ring } from './ring.ts';

/** What a log hears: a balancer. */
export interface LogSource extends EventSource {
  accessLog(options: AccessLogOptions): AccessLog;
  overview(): { readonly services: readonly { readonly name: string }[] };
}

/** Changes of state and orders that are kept. */
const maxChanges = 1_000;

interface Kept {
  /** Counts up: entries of one moment keep their order. */
  readonly number: number;
  readonly entry: LogEntry;
}

interface Reader {
  readonly filter: LogFilter;
  readonly take: (entry: LogEntry) => void;
}

/**
 * The last changes of state, orders and access records of a balancer, and those to come for readers that follow. Each service
 * has its own records: a busy one takes the place of no other's. A request's path is masked, and its query left out.
 */
export class RecentLog {
  readonly #source: LogSource;
  readonly #clock: Clock;
  readonly #maxRecords: number;
  readonly #changes = new Ring<Kept>(maxChanges);
  readonly #records = new Map<string, Ring<Kept>>();
  readonly #readers = new Set<Reader>();
  readonly #heard: Disposable;
  /** Undefined while nobody wants records: none are made then. */
  #accessLog: AccessLog | undefined = undefined;
  #told = 0;

  /** @param maxRecords access records that are kept of each service; with 0 they are made only while somebody reads on */
  constructor(source: LogSource, clock: Clock, maxRecords: number) {
    this.#source = source;
    this.#clock = clock;
    this.#maxRecords = maxRecords;
    this.#heard = hearEvents(source, stateEventNames, (event, fact) => {
      this.#tell(eventEntry(event, fact, clock), this.#changes);
    });
    this.#hearRecords();
  }

  /** Hears no more. What is kept stays. Idempotent. */
  close(): void {
    this.#readers.clear();
    this.#heard[Symbol.dispose]();
    void this.#accessLog?.close();
    this.#accessLog = undefined;
  }

  /** What is kept, the oldest first. */
  recent(filter: LogFilter): readonly LogEntry[] {
    return [this.#changes, ...this.#records.values()]
      .flatMap(({ items }) => items)
      .filter(({ entry }) => isWanted(filter, entry))
      .sort((a, b) => a.number - b.number)
      .map(({ entry }) => entry);
  }

  /** Tells of every further entry, until it is disposed. */
  follow(filter: LogFilter, take: (entry: LogEntry) => void): Disposable {
    const reader = { filter, take };
    this.#readers.add(reader);
    this.#hearRecords();
    return {
      [Symbol.dispose]: () => {
        this.#readers.delete(reader);
        this.#hearRecords();
      },
    };
  }

  /** Somebody gave an order from outside. */
  tellOrder(order: Omit<OrderEntry, 'kind' | 'atMs'>): void {
    this.#tell({ kind: 'order', ...order, atMs: this.#clock.wallMs() }, this.#changes);
  }

  /** Hears of records while somebody wants them. */
  #hearRecords(): void {
    const isWanted =
      this.#maxRecords > 0 || [...this.#readers].some(({ filter }) => filter.about !== 'state');
    if (isWanted && this.#accessLog === undefined) {
      this.#accessLog = this.#source.accessLog({ to: (record) => this.#takeRecord(record) });
    } else if (!isWanted) {
      void this.#accessLog?.close();
      this.#accessLog = undefined;
    }
  }

  #takeRecord(record: AccessRecord): void {
    const ring = this.#maxRecords > 0 ? this.#ringOf(record.service) : undefined;
    this.#tell({ kind: 'access', record }, ring);
  }

  #ringOf(service: string): Ring<Kept> {
    const known = this.#records.get(service);
    if (known !== undefined) return known;
    // A service that was removed leaves no records behind.
    const present = new Set(this.#source.overview().services.map(({ name }) => name));
    for (const name of this.#records.keys()) if (!present.has(name)) this.#records.delete(name);
    const ring = new Ring<Kept>(this.#maxRecords);
    this.#records.set(service, ring);
    return ring;
  }

  #tell(entry: LogEntry, ring: Ring<Kept> | undefined): void {
    this.#told += 1;
    ring?.add({ number: this.#told, entry });
    for (const { filter, take } of this.#readers) if (isWanted(filter, entry)) take(entry);
  }
}

/** An event as an entry of a log. */
export function eventEntry(event: EventEntry['event'], fact: object, clock: Clock): EventEntry {
  const { level, message, details } = describeEvent(event, fact);
  // A handler that failed has no time of its own.
  return { kind: 'event', atMs: clock.wallMs(), ...details, event, level, message };
}
