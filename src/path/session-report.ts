import type { ErrorCode, ErrorSide } from '../base/errors.ts';
import type { Client } from '../model/client.ts';
import { formatEndpoint } from '../model/endpoint.ts';
import type { Server } from '../model/server.ts';
import type { PathContext } from './path-context.ts';
import type { CloseReason, RefusalReason } from '../facts/service-events.ts';
import type { SessionOverview } from './session-overview.ts';
import { draftEnded, isAccessWanted, tellBegan, tellDraft } from '../records/access-facts.ts';
import type { AccessSubject } from '../records/access-record.ts';
import type { Course } from '../records/course.ts';
import { causeOf, causeOfRefusal, endingOf, type EndCause, type EndPhase } from '../records/ending.ts';
import { keyKindOf } from './key-kind.ts';
import { nextSessionId } from './traffic-counters.ts';

/** How a session or flow ended, for its report. */
export interface SessionEnd {
  readonly server: Server | undefined;
  readonly reason: CloseReason;
  readonly error: ErrorCode | undefined;
  readonly bytesFromClient: number;
  readonly bytesFromServer: number;
}

/** What an access record says of a session or flow beside its end. */
export interface SessionCourse {
  readonly protocol: 'tcp' | 'udp';
  readonly course: Course;
  readonly phase: EndPhase;
  /** What `idle` means for it. */
  readonly idle: EndCause;
  /** When the server first said something, -1 where it did not or nobody knows; `Clock.nowMs` time. */
  readonly firstByteMs: number;
}

/**
 * Publishes the facts of one session or flow. A fact is built only where somebody listens, so an unobserved
 * listener pays one look-up each.
 */
export class SessionReport {
  readonly sessionId = nextSessionId();
  readonly #context: PathContext;
  readonly #client: Client;
  readonly #startedMs: number;

  constructor(context: PathContext, client: Client) {
    this.#context = context;
    this.#client = client;
    this.#startedMs = context.runtime.clock.nowMs();
  }

  describe(server: Server | undefined, bytesFromClient: number, bytesFromServer: number): SessionOverview {
    return {
      sessionId: this.sessionId,
      client: this.#clientText(),
      server: server?.name,
      durationMs: this.#context.runtime.clock.nowMs() - this.#startedMs,
      bytesFromClient,
      bytesFromServer,
    };
  }

  opened(name: 'sessionOpened' | 'flowOpened', server: Server | undefined): void {
    const { facts, service } = this.#context;
    if (facts.listenerCount(name) === 0) return;
    facts.publish(name, {
      service,
      sessionId: this.sessionId,
      client: this.#clientText(),
      server: server?.name,
      atMs: this.#wallMs(),
    });
  }

  closed(name: 'sessionClosed' | 'flowClosed', end: SessionEnd): void {
    const { counters, facts, service, runtime } = this.#context;
    counters.durations?.add('session', runtime.clock.nowMs() - this.#startedMs);
    if (facts.listenerCount(name) === 0) return;
    facts.publish(name, {
      service,
      sessionId: this.sessionId,
      client: this.#clientText(),
      server: end.server?.name,
      reason: end.reason,
      error: end.error,
      bytesFromClient: end.bytesFromClient,
      bytesFromServer: end.bytesFromServer,
      durationMs: runtime.clock.nowMs() - this.#startedMs,
      atMs: this.#wallMs(),
    });
  }

  connectFailed(server: Server, error: ErrorCode, side: ErrorSide): void {
    const { facts, service } = this.#context;
    if (facts.listenerCount('connectFailed') === 0) return;
    const client = this.#clientText();
    const atMs = this.#wallMs();
    const { sessionId } = this;
    facts.publish('connectFailed', { service, sessionId, client, server: server.name, error, side, atMs });
  }

  /** Counts the refusal too. */
  refused(reason: RefusalReason): void {
    const { facts, service, counters } = this.#context;
    counters.refusedTotal += 1;
    counters.refusals[reason] += 1;
    if (facts.listenerCount('clientRefused') === 0) return;
    const { sessionId } = this;
    const client = this.#clientText();
    facts.publish('clientRefused', { service, sessionId, client, reason, atMs: this.#wallMs() });
  }

  /** For tracers. */
  began(protocol: 'tcp' | 'udp'): void {
    const { facts } = this.#context;
    if (isAccessWanted(facts, 'accessBegan', protocol)) tellBegan(facts, this.#subject(protocol));
  }

  /** For access logs and tracers, after all else is told and given back. */
  ended(end: SessionEnd, { protocol, course, phase, idle, firstByteMs }: SessionCourse): void {
    const { service, facts, runtime, counters } = this.#context;
    if (!isAccessWanted(facts, 'accessEnded', protocol)) return;
    const isRefused = end.reason === 'refused' || end.reason === 'connect-failed';
    const cause = isRefused ? causeOfRefusal(course) : causeOf(end.reason, idle);
    const draft = draftEnded();
    const { record } = draft;
    record.service = service;
    record.protocol = protocol;
    record.sessionId = this.sessionId;
    record.exchange = record.method = record.status = draft.target = undefined;
    record.traceparent = record.traceId = record.spanId = undefined;
    record.client = this.#clientText();
    record.atMs = this.#wallMs();
    record.setCourse(course, this.#startedMs, firstByteMs, runtime.clock.nowMs());
    record.key = keyKindOf(this.#context, course.pick);
    record.bytesFromClient = end.bytesFromClient;
    record.bytesFromServer = end.bytesFromServer;
    record.ending = endingOf(cause, phase);
    record.sessions = counters.sessions + 1;
    tellDraft(facts, draft);
  }

  #subject(protocol: 'tcp' | 'udp'): AccessSubject {
    return {
      service: this.#context.service,
      protocol,
      sessionId: this.sessionId,
      exchange: undefined,
      client: this.#clientText(),
      method: undefined,
      traceparent: undefined,
      traceId: undefined,
      spanId: undefined,
      atMs: this.#wallMs(),
    };
  }

  #wallMs(): number {
    return this.#context.runtime.clock.wallMs();
  }

  #clientText(): string {
    return formatEndpoint(this.#client.address.toString(), this.#client.port);
  }
}
