import type { ServiceOverview } from '../service/service-overview.ts';
import { durationMetrics, writeDurations } from './duration-metrics.ts';
import { Labels, type Metric, type MetricSink } from './metric.ts';
import { processMetrics, writeProcess, type ProcessFacts } from './process-metrics.ts';
import { serverMetrics, writeServers } from './server-metrics.ts';
import { serviceMetrics, writeServices } from './service-metrics.ts';

/** Every metric, in the order in which they are written. */
export const allMetrics: readonly Metric[] = [
  ...processMetrics,
  ...serviceMetrics,
  ...durationMetrics,
  ...serverMetrics,
];

/** Writes what is known at one moment. Labels are bounded by the configuration: no sample is of one client. */
export function writeAll(sink: MetricSink, facts: ProcessFacts, services: readonly ServiceOverview[]): void {
  const listeners = services.flatMap((service) =>
    service.listeners.map((of) => {
      return { labels: Labels.none.with('service', service.name).with('protocol', of.protocol), of };
    }),
  );
  const servers = listeners.flatMap(({ labels, of: { servers: all } }) =>
    all.map((of) => ({ labels: labels.with('server', of.name), of })),
  );
  writeProcess(sink, facts);
  writeServices(sink, listeners);
  writeDurations(sink, listeners);
  writeServers(sink, servers);
}
