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

export function describeAccess(subject: AccessSubject, course: Course, outcome: Outcome): AccessRecord {
  const { startedMs, reachedMs, waitedMs, chosen } = course;
  const { beganMs, endedMs, firstByteMs, key, ...rest } = outcome;
  const isReached = reachedMs >= 0;
  return {
    ...subject,
    server: chosen?.name,
    pick: course.pick,
    key,
    tries: course.tries,
    waitMs: lapse(0, waitedMs),
    connectMs: isReached ? lapse(startedMs + waitedMs, reachedMs) : undefined,
    firstByteMs: isReached && firstByteMs >= 0 ? lapse(reachedMs, firstByteMs) : undefined,
    totalMs: lapse(beganMs, endedMs),
    serverSessions: chosen?.sessions ?? 0,
    ...rest,
  };
}

/** In microseconds at best. An engine may say the time of the turn it is in, which is a little earlier. */
function lapse(fromMs: number, toMs: number): number {
  return Math.max(0, Math.round((toMs - fromMs) * 1_000) / 1_000);
}
