import type { ServerResponse } from 'node:http';
import { message } from './event-message.ts';
import type { EntryHistory } from './entry-history.ts';

/** How long a reader may take nothing. */
const maxBlockedMs = 60_000;

/**
 * One page that reads events. Nothing waits for it but what the system and Node.js buffer: a slow reader gets the newest
 * overview alone, and is told how many entries it missed.
 */
export class EventReader {
  readonly #response: ServerResponse;
  readonly #history: EntryHistory;
  /** The number of the entry that comes next. */
  #next: number;
  /** The newest overview, while it waits. */
  #overview: Buffer | undefined = undefined;
  #blockedSinceMs: number | undefined = undefined;

  /** @param next the number of the first entry that it wants */
  constructor(response: ServerResponse, history: EntryHistory, next: number) {
    this.#response = response;
    this.#history = history;
    this.#next = next;
    response.on('drain', () => this.flush());
  }

  /** Sends what there is, as far as the reader takes it. */
  flush(): void {
    // One write of the system for all of it.
    this.#response.cork();
    while (this.#canTake && this.#next <= this.#history.last) this.#sendEntry();
    if (this.#canTake && this.#overview !== undefined) {
      this.#response.write(this.#overview);
      this.#overview = undefined;
    }
    this.#response.uncork();
  }

  sendOverview(overview: Buffer): void {
    this.#overview = overview;
    this.flush();
  }

  /** Something that may be left out. */
  sendPing(ping: Buffer): void {
    if (this.#canTake) this.#response.write(ping);
  }

  sendGap(missed: number | null): void {
    this.#response.write(message('gap', { missed }));
  }

  /** Has it taken nothing for a long time? */
  isStuck(nowMs: number): boolean {
    this.#blockedSinceMs = this.#canTake ? undefined : (this.#blockedSinceMs ?? nowMs);
    return this.#blockedSinceMs !== undefined && nowMs - this.#blockedSinceMs > maxBlockedMs;
  }

  end(): void {
    this.#response.end();
  }

  cut(): void {
    this.#response.destroy();
  }

  get #canTake(): boolean {
    return !this.#response.writableNeedDrain && !this.#response.destroyed;
  }

  #sendEntry(): void {
    const { first } = this.#history;
    if (this.#next < first) {
      this.sendGap(first - this.#next);
      this.#next = first;
    }
    const entry = this.#history.get(this.#next);
    this.#next += 1;
    if (entry !== undefined) this.#response.write(entry);
  }
}
