import type { Protocol } from '../facts/service-events.ts';
import type { ClientFactKind } from '../model/client.ts';
import type { DecisionReason } from '../model/decision.ts';
import type { AccessRecord } from './access-record.ts';
import type { Course } from './course.ts';

/**
 * A record that a data path fills for those who hear it at once, and that is used again for the next one: where lines are
 * all that is made of records, there is no object for each. Who keeps it makes a copy.
 */
export class AccessDraft implements AccessRecord {
  service = '';
  protocol: Protocol = 'tcp';
  sessionId = 0;
  exchange: number | undefined = undefined;
  client = '';
  method: string | undefined = undefined;
  traceparent: string | undefined = undefined;
  traceId: string | undefined = undefined;
  spanId: string | undefined = undefined;
  atMs = 0;
  server: string | undefined = undefined;
  pick: DecisionReason = 'none';
  key: ClientFactKind | undefined = undefined;
  tries = 0;
  waitMs = 0;
  connectMs: number | undefined = undefined;
  firstByteMs: number | undefined = undefined;
  totalMs = 0;
  bytesFromClient = 0;
  bytesFromServer = 0;
  status: number | undefined = undefined;
  ending = '';
  sessions = 0;
  serverSessions = 0;
  readonly path = undefined;
  readonly query = undefined;

  /**
   * How the way to the server went, and how long all of it took. Times are those of `Clock.nowMs`. Hot path.
   *
   * @param firstByteMs -1 where the server said nothing
   */
  setCourse(course: Course, beganMs: number, firstByteMs: number, endedMs: number): void {
    const { startedMs, reachedMs, waitedMs, chosen, pick, tries } = course;
    const isReached = reachedMs >= 0;
    this.server = chosen?.name;
    this.serverSessions = chosen?.sessions ?? 0;
    this.pick = pick;
    this.tries = tries;
    this.waitMs = lapse(0, waitedMs);
    this.connectMs = isReached ? lapse(startedMs + waitedMs, reachedMs) : undefined;
    this.firstByteMs = isReached && firstByteMs >= 0 ? lapse(reachedMs, firstByteMs) : undefined;
    this.totalMs = lapse(beganMs, endedMs);
  }
}

/** A record that stays as it is. Field by field: V8 would make a slow object of so many that are spread. */
export function copyRecord(record: AccessRecord, path?: string, query?: string): AccessRecord {
  return {
    atMs: record.atMs,
    service: record.service,
    protocol: record.protocol,
    sessionId: record.sessionId,
    exchange: record.exchange,
    client: record.client,
    server: record.server,
    pick: record.pick,
    key: record.key,
    tries: record.tries,
    waitMs: record.waitMs,
    connectMs: record.connectMs,
    firstByteMs: record.firstByteMs,
    totalMs: record.totalMs,
    bytesFromClient: record.bytesFromClient,
    bytesFromServer: record.bytesFromServer,
    method: record.method,
    path,
    query,
    status: record.status,
    ending: record.ending,
    sessions: record.sessions,
    serverSessions: record.serverSessions,
    traceparent: record.traceparent,
    traceId: record.traceId,
    spanId: record.spanId,
  };
}

/** In microseconds at best. An engine may say the time of the turn it is in, which is a little earlier. */
function lapse(fromMs: number, toMs: number): number {
  return Math.max(0, Math.round((toMs - fromMs) * 1_000) / 1_000);
}
