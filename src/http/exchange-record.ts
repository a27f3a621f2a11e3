import { formatEndpoint } from '../model/endpoint.ts';
import type { Server } from '../model/server.ts';
import { keyKindOf } from '../path/key-kind.ts';
import type { PathContext } from '../path/path-context.ts';
import { draftEnded, isAccessWanted, tellBegan, tellDraft } from '../records/access-facts.ts';
import type { AccessSubject } from '../records/access-record.ts';
import type { Course } from '../records/course.ts';
import { exchangeEndingOf, type EndCause, type EndPhase } from '../records/ending.ts';
import { textOf } from './codec/text-list.ts';
import type { RequestHead } from './codec/request-head.ts';
import { cookieLettersOf } from './cookie-letters.ts';
import type { HttpContext } from './http-context.ts';
import type { RequestClient } from './request-client.ts';
import { noTrace, traceOf, type RequestTrace } from './request-trace.ts';
import type { ServerConnection } from './server-connection.ts';
import type { TraceBeginner } from './trace-beginner.ts';

/** What is counted and told of one exchange. Reused by the exchanges of a client connection. */
export class ExchangeRecord {
  /** What the client got; 0 while it got none. */
  status = 0;
  /** The server of this exchange; of the last one until the next is reached. */
  server: Server | undefined = undefined;
  readonly #context: PathContext;
  readonly #traces: TraceBeginner | undefined;
  readonly #client: RequestClient;
  readonly #sessionId: number;
  readonly #course: Course;
  #method = '';
  #startedMs = 0;
  #connection: ServerConnection | undefined = undefined;
  #countedRead = 0;
  #countedWritten = 0;
  #bytesFromClient = 0;
  #bytesFromServer = 0;
  /** When the head of the response was there. */
  #headMs = -1;
  #hasSetCookie = false;
  #cause: EndCause = 'none';
  #phase: EndPhase = 'data';
  #clientName: string | undefined = undefined;
  /** Which one of its connection. */
  #number = 0;
  #isBeginDue = false;
  /** An access record is wanted: what it says of the head. */
  #isAccessWanted = false;
  #target: string | undefined = undefined;
  #trace: RequestTrace = noTrace;

  /** @param course how the way to the server goes */
  constructor(http: HttpContext, client: RequestClient, sessionId: number, course: Course) {
    this.#context = http.context;
    this.#traces = http.traces;
    this.#client = client;
    this.#sessionId = sessionId;
    this.#course = course;
  }

  /** Begins with a head that lies in `bytes`. Hot path. */
  begin(bytes: Buffer, head: RequestHead, nowMs: number): void {
    this.server = undefined;
    this.#reset(head.method, nowMs);
    if (this.#isAccessWanted) this.#readHead(bytes, head);
  }

  #reset(method: string, nowMs: number): void {
    this.status = 0;
    this.#method = method;
    this.#startedMs = nowMs;
    this.#bytesFromClient = this.#bytesFromServer = 0;
    this.#headMs = -1;
    this.#hasSetCookie = false;
    this.#cause = 'none';
    this.#number += 1;
    this.#course.forget();
    const { facts } = this.#context;
    this.#isBeginDue = isAccessWanted(facts, 'accessBegan', 'http');
    this.#isAccessWanted = this.#isBeginDue || isAccessWanted(facts, 'accessEnded', 'http');
  }

  #readHead(bytes: Buffer, head: RequestHead): void {
    this.#target = textOf(bytes, head.pathStart, head.targetEnd, this.#target);
    this.#trace = traceOf(bytes, head, this.#traces);
  }

  /** For tracers, once: when nobody reads the shared head any more, since they may have another one parsed. Hot path. */
  tellBegan(): void {
    if (!this.#isBeginDue) return;
    this.#isBeginDue = false;
    tellBegan(this.#context.facts, this.#subject());
  }

  /** A connection carries the exchange from now on: what it carried before is others'. Hot path. */
  reached(connection: ServerConnection): void {
    this.server = connection.server;
    this.#connection = connection;
    this.#countedRead = connection.connection.bytesRead;
    this.#countedWritten = connection.connection.bytesWritten;
  }

  /** The final head of the response is on its way to the client. Hot path. */
  answered(status: number, hasSetCookie: boolean): void {
    this.status = status;
    this.#hasSetCookie = hasSetCookie;
    if (this.#connection !== undefined) this.#headMs = this.#connection.connection.lastActiveMs;
  }

  /**
   * It does not end well. What is said first counts.
   *
   * @param phase what it was at. @default what came last
   */
  failed(cause: EndCause, phase = this.#lastPhase): void {
    if (this.#cause !== 'none') return;
    this.#cause = cause;
    this.#phase = phase;
  }

  get #lastPhase(): EndPhase {
    if (this.#headMs >= 0) return 'data';
    return this.#connection === undefined ? this.#course.stage : 'response';
  }

  /** Adds what moved since the last call to the counters of service and server. Hot path. */
  updateCounters(): void {
    if (this.#connection === undefined) return;
    const { server, connection } = this.#connection;
    const read = connection.bytesRead - this.#countedRead;
    const written = connection.bytesWritten - this.#countedWritten;
    server.bytesFromServer += read;
    server.bytesFromClients += written;
    this.#context.counters.bytesFromServers += read;
    this.#bytesFromServer += read;
    this.#bytesFromClient += written;
    this.#countedRead = connection.bytesRead;
    this.#countedWritten = connection.bytesWritten;
  }

  /** The connection carries the exchange no more. Hot path. */
  left(): void {
    this.updateCounters();
    this.#connection = undefined;
  }

  /**
   * Counts the exchange and publishes its facts, where somebody listens. Hot path.
   *
   * @param activeMs when a byte last moved between the client and this side
   */
  finish(activeMs: number): void {
    const { counters, facts, service, runtime } = this.#context;
    const isHeard = facts.listenerCount('exchangeFinished') > 0;
    const durations = this.status > 0 ? counters.durations : undefined;
    if (this.status > 0) counters.exchangesTotal += 1;
    if (!isHeard && durations === undefined && !this.#isAccessWanted) return;
    const endedMs = this.#isInOrder ? activeMs : runtime.clock.nowMs();
    durations?.add('exchange', endedMs - this.#startedMs);
    if (isHeard) {
      facts.publish('exchangeFinished', {
        service,
        sessionId: this.#sessionId,
        client: this.#clientText(),
        server: this.server?.name,
        method: this.#method,
        status: this.status,
        durationMs: endedMs - this.#startedMs,
        atMs: runtime.clock.wallMs(),
      });
    }
    if (!this.#isAccessWanted) return;
    this.#tellEnded(cookieLettersOf(this.#context, this.#client, this.#course, this.#hasSetCookie), endedMs);
  }

  /** A response has ended: with its last byte, whenever that is looked at. A tunnel may have been silent before its end. */
  get #isInOrder(): boolean {
    return this.#cause === 'none' && this.status >= 200;
  }

  /** A head that is no request, or none in time, was answered: counts that. */
  refused(method: string, status: number, startedMs: number): void {
    this.#context.counters.exchangesTotal += 1;
    this.#reset(method, startedMs);
    this.#target = undefined;
    this.#trace = noTrace;
    this.status = status;
    this.failed(status === 408 ? 'clientTimeout' : 'proxy', 'request');
    // Whatever cookies it has were not read.
    if (this.#isAccessWanted) this.#tellEnded('--', this.#context.runtime.clock.nowMs());
  }

  #tellEnded(cookieLetters: string, endedMs: number): void {
    this.tellBegan();
    const { service, facts, counters, selector } = this.#context;
    const draft = draftEnded();
    const { record } = draft;
    draft.target = this.#target;
    record.service = service;
    record.protocol = 'http';
    record.sessionId = this.#sessionId;
    record.exchange = this.#number;
    record.client = this.#clientText();
    record.method = this.#method;
    record.traceparent = this.#trace.traceparent;
    record.traceId = this.#trace.traceId;
    record.spanId = this.#trace.spanId;
    record.atMs = selector.wallMsAt(endedMs);
    record.setCourse(this.#course, this.#startedMs, this.#headMs, endedMs);
    record.key = keyKindOf(this.#context, this.#course.pick);
    record.bytesFromClient = this.#bytesFromClient;
    record.bytesFromServer = this.#bytesFromServer;
    record.status = this.status;
    record.ending = exchangeEndingOf(this.#cause, this.#phase, cookieLetters);
    record.sessions = counters.sessions;
    tellDraft(facts, draft);
  }

  #subject(): AccessSubject {
    const { service, runtime } = this.#context;
    const { traceparent, traceId, spanId } = this.#trace;
    return {
      service,
      protocol: 'http',
      sessionId: this.#sessionId,
      exchange: this.#number,
      client: this.#clientText(),
      method: this.#method,
      traceparent,
      traceId,
      spanId,
      atMs: runtime.clock.wallMs(),
    };
  }

  /** Written once for all exchanges of a connection. */
  #clientText(): string {
    this.#clientName ??= formatEndpoint(this.#client.address.toString(), this.#client.port);
    return this.#clientName;
  }
}
