import { formatEndpoint } from '../model/endpoint.ts';
import type { Server } from '../model/server.ts';
import { keyKindOf } from '../path/key-kind.ts';
import type { PathContext } from '../path/path-context.ts';
import { isAccessWanted, tellBegan, tellEnded } from '../records/access-facts.ts';
import type { AccessSubject } from '../records/access-record.ts';
import type { Course } from '../records/course.ts';
import { describeAccess } from '../records/describe-access.ts';
import { endingOf, type EndCause, type EndPhase } from '../records/ending.ts';
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

  /** Counts the exchange and publishes its fact, where somebody listens. Hot path. */
  finish(): void {
    const { counters, facts, service, runtime } = this.#context;
    if (this.status > 0) {
      counters.exchangesTotal += 1;
      counters.durations?.add('exchange', runtime.clock.nowMs() - this.#startedMs);
    }
    if (facts.listenerCount('exchangeFinished') > 0) {
      facts.publish('exchangeFinished', {
        service,
        sessionId: this.#sessionId,
        client: this.#clientText(),
        server: this.server?.name,
        method: this.#method,
        status: this.status,
        durationMs: runtime.clock.nowMs() - this.#startedMs,
        atMs: runtime.clock.wallMs(),
      });
    }
    if (!this.#isAccessWanted) return;
    this.#tellEnded(cookieLettersOf(this.#context, this.#client, this.#course, this.#hasSetCookie));
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
    if (this.#isAccessWanted) this.#tellEnded('--');
  }

  #tellEnded(cookieLetters: string): void {
    this.tellBegan();
    const { facts, counters, runtime } = this.#context;
    const record = describeAccess(this.#subject(), this.#course, {
      beganMs: this.#startedMs,
      endedMs: runtime.clock.nowMs(),
      firstByteMs: this.#headMs,
      key: keyKindOf(this.#context, this.#course.pick),
      bytesFromClient: this.#bytesFromClient,
      bytesFromServer: this.#bytesFromServer,
      status: this.status,
      ending: endingOf(this.#cause, this.#phase) + cookieLetters,
      sessions: counters.sessions,
    });
    tellEnded(facts, { record, target: this.#target });
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
