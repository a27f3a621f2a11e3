import type { ServerResponse } from 'node:http';
import type { ControlSubject } from '../../control/route.ts';
import { overviewOf } from '../../control/routes/answers.ts';
import type { Logger, Timer } from '../../runtime/runtime.ts';
import { everything } from '../../records/log-entry.ts';
import { tooMany } from '../refusal.ts';
import { EntryHistory } from './entry-history.ts';
import { message, ping } from './event-message.ts';
import { EventReader } from './event-reader.ts';

/** Between two overviews while nothing happens. */
const intervalMs = 1000;
/** From a change to the overview that shows it: changes at the same time are one. */
const settleMs = 20;
/** Between two overviews while much happens. */
const minIntervalMs = 100;
const pingMs = 15_000;
const keptEntries = 1000;
const maxReaders = 256;

/**
 * Server-sent events: overviews, and changes of state and orders. One overview is made for all readers, and none while nobody
 * reads.
 */
export class EventFeed {
  readonly #subject: ControlSubject;
  readonly #log: Logger;
  /** Another one in each process: ids of another one mean nothing. */
  readonly #epoch: string;
  readonly #history = new EntryHistory(keptEntries);
  readonly #readers = new Set<EventReader>();
  readonly #heard: Disposable;
  #timer: Timer | undefined = undefined;
  #dueMs = Infinity;
  #toldMs = -Infinity;
  #pingedMs = 0;
  #isClosed = false;

  constructor(subject: ControlSubject, log: Logger) {
    this.#subject = subject;
    this.#log = log;
    this.#epoch = Math.floor(subject.clock.wallMs()).toString(36);
    this.#heard = subject.log.follow({ ...everything, about: 'state' }, (entry) => {
      this.#history.add((number) => message('entry', entry, `${this.#epoch}-${number}`));
      this.#schedule(Math.max(settleMs, this.#toldMs + minIntervalMs - subject.clock.nowMs()));
    });
  }

  /** How many pages read. */
  get readers(): number {
    return this.#readers.size;
  }

  /**
   * Answers with events, until the reader goes away.
   *
   * @param lastEventId the last one that it has; undefined for a new reader
   * @throws Refusal where there are too many readers
   */
  open(response: ServerResponse, lastEventId: string | undefined): void {
    if (this.#readers.size >= maxReaders)
      throw tooMany(`${maxReaders} pages read events already`, intervalMs);
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' });
    const after = lastEventId === undefined ? this.#history.last : this.#numberOf(lastEventId);
    const reader = new EventReader(response, this.#history, (after ?? this.#history.last) + 1);
    if (after === undefined) reader.sendGap(null);
    this.#readers.add(reader);
    response.on('close', () => this.#readers.delete(reader));
    this.#schedule(0);
  }

  /** Ends all readers. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#heard[Symbol.dispose]();
    for (const reader of this.#readers) reader.end();
  }

  /** @returns undefined for an id of another process */
  #numberOf(id: string): number | undefined {
    const [, epoch, number] = /^([0-9a-z]{1,12})-(\d{1,15})$/u.exec(id) ?? [];
    const isOwn = epoch === this.#epoch && Number(number) <= this.#history.last;
    return isOwn ? Number(number) : undefined;
  }

  /** The next overview is due then, or earlier where one is due before. */
  #schedule(delayMs: number): void {
    const { clock } = this.#subject;
    const dueMs = clock.nowMs() + delayMs;
    if (this.#isClosed || this.#readers.size === 0 || this.#dueMs <= dueMs) return;
    this.#timer?.cancel();
    this.#dueMs = dueMs;
    this.#timer = clock.schedule(delayMs, () => void this.#tick(), true);
  }

  async #tick(): Promise<void> {
    try {
      const overview = await overviewOf(this.#subject);
      const bytes = message('overview', { ...overview, nowMs: this.#subject.clock.wallMs() });
      this.#send(bytes);
    } catch (error) {
      this.#log(
        'error',
        `No overview could be made: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    this.#dueMs = Infinity;
    this.#schedule(intervalMs);
  }

  #send(overview: Buffer): void {
    const nowMs = this.#subject.clock.nowMs();
    this.#toldMs = nowMs;
    const isPingDue = nowMs - this.#pingedMs >= pingMs;
    if (isPingDue) this.#pingedMs = nowMs;
    for (const reader of this.#readers) {
      if (reader.isStuck(nowMs)) reader.cut();
      else reader.sendOverview(overview);
      if (isPingDue) reader.sendPing(ping);
    }
  }
}
