import type { Protocol } from '../facts/service-events.ts';
import type { ListenerOverview } from '../listener/overview.ts';
import { durationBoundsMs, type DurationCounts, type DurationKind } from '../path/durations.ts';
import { formatNumber } from './exposition.ts';
import type { Labelled, Labels, Metric, MetricSink } from './metric.ts';

interface DurationMetric extends Metric {
  readonly kind: DurationKind;
  readonly protocols: readonly Protocol[];
}

/** In the order in which they are written. */
export const durationMetrics: readonly DurationMetric[] = [
  {
    name: 'sluice_service_session_duration_seconds',
    type: 'histogram',
    help: 'How long client connections, or flows, lasted, served or not.',
    kind: 'session',
    protocols: ['tcp', 'http', 'udp'],
  },
  {
    name: 'sluice_service_exchange_duration_seconds',
    type: 'histogram',
    help: 'From the head of an HTTP request to the last byte of the answer.',
    kind: 'exchange',
    protocols: ['http'],
  },
  {
    name: 'sluice_service_connect_duration_seconds',
    type: 'histogram',
    help: 'How long it took to connect to a server, where that succeeded.',
    kind: 'connect',
    protocols: ['tcp', 'http'],
  },
  {
    name: 'sluice_service_queue_duration_seconds',
    type: 'histogram',
    help: 'How long clients waited for a full server, whatever came of it.',
    kind: 'queue',
    protocols: ['tcp', 'http'],
  },
];

const bounds = [...durationBoundsMs.map((ms) => formatNumber(ms / 1e3)), '+Inf'];

export function writeDurations(sink: MetricSink, listeners: readonly Labelled<ListenerOverview>[]): void {
  for (const metric of durationMetrics) {
    sink.begin(metric);
    for (const { labels, of } of listeners) {
      const durations = metric.protocols.includes(of.protocol) ? of.durations : undefined;
      if (durations !== undefined) writeHistogram(sink, labels, durations[metric.kind]);
    }
  }
}

/** Each bucket of Prometheus has all that is shorter, too. */
function writeHistogram(sink: MetricSink, labels: Labels, { counts, totalMs }: DurationCounts): void {
  let count = 0;
  for (const [bucket, bound] of bounds.entries()) {
    count += counts[bucket] ?? 0;
    sink.add('_bucket', labels.with('le', bound), count);
  }
  sink.add('_sum', labels, totalMs / 1e3);
  sink.add('_count', labels, count);
}
