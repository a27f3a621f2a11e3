import type { RequestHead } from './codec/request-head.ts';
import { findTraceparent, tracePlaces } from './codec/trace-context.ts';
import type { TraceBeginner } from './trace-beginner.ts';

/** What is told of the trace that a request belongs to: numbers alone, so nothing else can hide in it. */
export interface RequestTrace {
  /** The client's, without what later versions of the standard add to it. */
  readonly traceparent: string | undefined;
  readonly traceId: string | undefined;
  /** The exchange's own, where the trace began here. */
  readonly spanId: string | undefined;
}

export const noTrace: RequestTrace = { traceparent: undefined, traceId: undefined, spanId: undefined };

/** @param beginner has taken the head; undefined where no traces begin here */
export function traceOf(
  bytes: Buffer,
  { headers }: RequestHead,
  beginner: TraceBeginner | undefined,
): RequestTrace {
  const index = findTraceparent(bytes, headers);
  if (index === -1) {
    if (beginner === undefined) return noTrace;
    return { traceparent: undefined, traceId: beginner.traceId, spanId: beginner.spanId };
  }
  const start = headers.valueStart(index);
  const traceparent = bytes.toString('latin1', start, start + tracePlaces.end);
  const traceId = traceparent.slice(tracePlaces.traceId, tracePlaces.spanId - 1);
  return { traceparent, traceId, spanId: undefined };
}
