import { ApiError, piecesOf, type Api } from './api.ts';
import { EventStreamReader, type StreamEvent } from './event-stream.ts';

/** What a connection tells. */
export interface ConnectionHandler {
  /** One event came. */
  readonly onEvent: (event: StreamEvent) => void;
  /** It broke, or nothing came for too long. @param retryAtMs when it is tried again */
  readonly onLost: (retryAtMs: number) => void;
}

/** The server tells something once a second. */
const silenceMs = 5_000;
const firstRetryMs = 1_000;
const longestRetryMs = 8_000;

/** Listens to the server's events for as long as the page lives, and says when it cannot hear. */
export class Connection {
  readonly #api: Api;
  readonly #handler: ConnectionHandler;
  #call = new AbortController();
  #lastId: string | undefined = undefined;
  #retryMs = firstRetryMs;
  #retryTimer: number | undefined = undefined;
  #silenceTimer: number | undefined = undefined;
  #isClosed = false;

  constructor(api: Api, handler: ConnectionHandler) {
    this.#api = api;
    this.#handler = handler;
  }

  /** Connects, or tries again without waiting. */
  connect(): void {
    clearTimeout(this.#retryTimer);
    this.#call.abort();
    this.#call = new AbortController();
    void this.#listen(this.#call.signal);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#silenceTimer);
    this.#call.abort();
  }

  async #listen(signal: AbortSignal): Promise<void> {
    const call = this.#call;
    const headers = {
      Accept: 'text/event-stream',
      ...(this.#lastId === undefined ? {} : { 'Last-Event-ID': this.#lastId }),
    };
    const reader = new EventStreamReader((event) => {
      this.#lastId = event.id ?? this.#lastId;
      this.#handler.onEvent(event);
    });
    try {
      this.#expectMore(call);
      const response = await this.#api.open('/v1/events', headers, signal);
      this.#retryMs = firstRetryMs;
      for await (const piece of piecesOf(response)) {
        if (signal.aborted) break;
        this.#expectMore(call);
        reader.push(piece);
      }
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return;
    }
    if (call === this.#call) this.#lose();
  }

  /** Silence is a connection that is lost and does not say so. */
  #expectMore(call: AbortController): void {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = window.setTimeout(() => call.abort(), silenceMs);
  }

  #lose(): void {
    clearTimeout(this.#silenceTimer);
    if (this.#isClosed) return;
    const waitMs = this.#retryMs;
    this.#retryMs = Math.min(longestRetryMs, waitMs * 2);
    this.#handler.onLost(Date.now() + waitMs);
    clearTimeout(this.#retryTimer);
    this.#retryTimer = window.setTimeout(() => this.connect(), waitMs);
  }
}
