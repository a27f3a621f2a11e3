/**
 * Spans of what goes through a service, in the shape that OpenTelemetry exports (OTLP, JSON), from the channels that Sluice
 * offers to tracers. A real program would hand them to an exporter. The web server listens on 11180. Run:
 * `npx tsx examples/tracing.ts`
 */
import { subscribe } from 'node:diagnostics_channel';
import { randomBytes } from 'node:crypto';
import { Listener, type AccessRecord } from 'sluice';

/** One operation, as OTLP/JSON has it: times are nanoseconds as text, since JSON has no such numbers. */
interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue: string } }[];
  readonly status: { readonly code: 0 | 2 };
}

/** The span of an exchange. Its parent is the client's, where that sent one. */
function spanOf(record: AccessRecord): Span {
  const [, traceId, parentSpanId] = record.traceparent?.split('-') ?? [];
  const facts = {
    'sluice.service': record.service,
    'sluice.server': record.server,
    'sluice.pick': record.pick,
    'sluice.ending': record.ending,
    'http.request.method': record.method,
    'http.response.status_code': record.status,
    'client.address': record.client,
  };
  return {
    traceId: traceId ?? randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    parentSpanId,
    name: `${record.method ?? record.protocol} ${record.service}`,
    startTimeUnixNano: nanoseconds(record.atMs - record.totalMs),
    endTimeUnixNano: nanoseconds(record.atMs),
    attributes: Object.entries(facts)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => ({ key, value: { stringValue: String(value) } })),
    status: { code: record.ending.startsWith('--') ? 0 : 2 },
  };
}

function nanoseconds(ms: number): string {
  return String(BigInt(Math.round(ms * 1_000)) * 1_000n);
}

subscribe('sluice:exchange:end', (message) => {
  console.log(JSON.stringify(spanOf(message as AccessRecord)));
});

const [host = '127.0.0.1', port = '11080'] = process.argv.slice(2);
const web = new Listener({
  name: 'WEB',
  host,
  port: Number(port),
  mode: 'http',
  pool: { servers: [{ name: 'PACS1', host: '127.0.0.1', port: 11180 }] },
});
await web.start();
console.error(`WEB on ${web.host}:${web.port}; Ctrl+C ends`);

const stop = (): void => void web.stop({ graceMs: 1000 });
process.once('SIGINT', stop).once('SIGTERM', stop);
