/**
 * A web service whose exchanges are traced: it begins traces where clients do not, and prints each span where a real program
 * would hand it to an exporter. The web server listens on 11180. Run: `npx tsx examples/tracing.ts`
 */
import { Listener } from 'sluice';
import { ExchangeIds, traceExchanges, type OpenTelemetryApi, type SpanContext } from './exchange-spans.ts';

const ids = new ExchangeIds();

/** In the place of `@opentelemetry/api` and its SDK. */
const printing: OpenTelemetryApi<SpanContext | undefined> = {
  ROOT_CONTEXT: undefined,
  trace: {
    setSpanContext: (_, spanContext) => spanContext,
    getTracer: () => ({
      startSpan(name, { startTime, attributes }, parent) {
        let code = 0;
        const spanId = ids.generateSpanId();
        const traceId = parent?.traceId ?? ids.generateTraceId();
        return {
          setStatus: (status) => (code = status.code),
          end: (endTime) => {
            const span = { traceId, spanId, parentSpanId: parent?.spanId, name, startTime, endTime };
            console.log(JSON.stringify({ ...span, attributes, status: { code } }));
          },
        };
      },
    }),
  },
};
const end = traceExchanges(printing, ids);

const [host = '127.0.0.1', port = '11080'] = process.argv.slice(2);
const web = new Listener({
  name: 'WEB',
  host,
  port: Number(port),
  mode: 'http',
  beginTraces: true,
  pool: { servers: [{ name: 'PACS1', host: '127.0.0.1', port: 11180 }] },
});
await web.start();
console.error(`WEB on ${web.host}:${web.port}; Ctrl+C ends`);

const stop = (): void => void web.stop({ graceMs: 1000 }).then(end);
process.once('SIGINT', stop).once('SIGTERM', stop);
