import type { ClientFactKind } from '../model/client.ts';
import type { AccessRecord, AccessSubject } from './access-record.ts';
import type { Course } from './course.ts';

/** What a record says beside the way to the server. Times are those of `Clock.nowMs`. */
export interface Outcome {
  readonly beganMs: number;
  readonly endedMs: number;
  /** -1 where the server said nothing. */
  readonly firstByteMs: number;
  readonly key: ClientFactKind | undefined;
  readonly bytesFromClient: number;
  readonly bytesFromServer: number;
  readonly status: number | undefined;
  readonly ending: string;
  readonly sessions: number;
}

/** Field by field: V8 would make a slow object of so many that are spread. */
export function describeAccess(subject: AccessSubject, course: Course, outcome: Outcome): AccessRecord {
  const { startedMs, reachedMs, waitedMs, chosen } = course;
  const { firstByteMs } = outcome;
  const isReached = reachedMs >= 0;
  return {
    atMs: subject.atMs,
    service: subject.service,
    protocol: subject.protocol,
    sessionId: subject.sessionId,
    exchange: subject.exchange,
    client: subject.client,
    server: chosen?.name,
    pick: course.pick,
    key: outcome.key,
    tries: course.tries,
    waitMs: lapse(0, waitedMs),
    connectMs: isReached ? lapse(startedMs + waitedMs, reachedMs) : undefined,
    firstByteMs: isReached && firstByteMs >= 0 ? lapse(reachedMs, firstByteMs) : undefined,
    totalMs: lapse(outcome.beganMs, outcome.endedMs),
    bytesFromClient: outcome.bytesFromClient,
    bytesFromServer: outcome.bytesFromServer,
    method: subject.method,
    path: undefined,
    query: undefined,
    status: outcome.status,
    ending: outcome.ending,
    sessions: outcome.sessions,
    serverSessions: chosen?.sessions ?? 0,
    traceparent: subject.traceparent,
    traceId: subject.traceId,
    spanId: subject.spanId,
  };
}

/** In microseconds at best. An engine may say the time of the turn it is in, which is a little earlier. */
function lapse(fromMs: number, toMs: number): number {
  return Math.max(0, Math.round((toMs - fromMs) * 1_000) / 1_000);
}
