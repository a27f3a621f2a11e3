/**
 * Spans of HTTP exchanges for OpenTelemetry, made of the channel that Sluice offers to tracers. To copy: it needs nothing but
 * the `@opentelemetry/api` that a program has already. `docs/access-log.md` shows how to attach it.
 */
import { randomBytes } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { AccessRecord } from 'sluice';

/** What is used of `@opentelemetry/api` 1. */
export interface OpenTelemetryApi<Context> {
  readonly ROOT_CONTEXT: Context;
  readonly trace: {
    getTracer(name: string): Tracer<Context>;
    setSpanContext(context: Context, spanContext: SpanContext): Context;
  };
}

export interface Tracer<Context> {
  startSpan(name: string, options: SpanOptions, context: Context): Span;
}

export interface SpanOptions {
  readonly kind: number;
  /** Milliseconds since 1970. */
  readonly startTime: number;
  readonly attributes: Record<string, string | number | undefined>;
}

export interface SpanContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
  readonly isRemote?: boolean;
}

export interface Span {
  setStatus(status: { readonly code: number }): unknown;
  end(endTime: number): void;
}

/** `SpanKind.SERVER` and `SpanStatusCode.ERROR` of the API. */
const [serverKind, errorCode] = [1, 2];

/** The `idGenerator` of a tracer provider: where a trace began in Sluice, the server knows the exchange by its numbers. */
export class ExchangeIds {
  /** What the next span gets. */
  given: Pick<AccessRecord, 'traceId' | 'spanId'> = { traceId: undefined, spanId: undefined };

  generateTraceId = (): string => this.given.traceId ?? randomBytes(16).toString('hex');
  generateSpanId = (): string => this.given.spanId ?? randomBytes(8).toString('hex');
}

/**
 * Makes a span of each exchange that ends from now on: in the client's trace, in one that began in Sluice
 * (`beginTraces: true`), or in one of its own. @returns what ends it
 */
export function traceExchanges<Context>(api: OpenTelemetryApi<Context>, ids: ExchangeIds): () => void {
  const tracer = api.trace.getTracer('sluice');
  const onEnd = (message: unknown): void => {
    const record = message as AccessRecord;
    const parent = parentOf(record);
    const context =
      parent === undefined ? api.ROOT_CONTEXT : api.trace.setSpanContext(api.ROOT_CONTEXT, parent);
    const options = {
      kind: serverKind,
      startTime: record.atMs - record.totalMs,
      attributes: attributesOf(record),
    };
    ids.given = record;
    const span = tracer.startSpan(`${record.method ?? ''} ${record.service}`, options, context);
    ids.given = { traceId: undefined, spanId: undefined };
    if (!record.ending.startsWith('--')) span.setStatus({ code: errorCode });
    span.end(record.atMs);
  };
  subscribe('sluice:exchange:end', onEnd);
  return () => void unsubscribe('sluice:exchange:end', onEnd);
}

/** The client's span. */
function parentOf({ traceparent }: AccessRecord): SpanContext | undefined {
  if (traceparent === undefined) return undefined;
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}

/** Names of OpenTelemetry's conventions where it has one. */
function attributesOf(record: AccessRecord): SpanOptions['attributes'] {
  const portAt = record.client.lastIndexOf(':');
  return {
    'http.request.method': record.method,
    'http.response.status_code': record.status,
    'client.address': record.client.slice(0, portAt).replaceAll(/[[\]]/gu, ''),
    'client.port': Number(record.client.slice(portAt + 1)),
    'sluice.service': record.service,
    'sluice.server': record.server,
    'sluice.pick': record.pick,
    'sluice.ending': record.ending,
  };
}
