import { version } from '../base/version.ts';
import type { DelayReport } from '../runtime/event-loop-delay.ts';
import { Labels, writeReadings, type Metric, type MetricSink, type Reading } from './metric.ts';

/** What is known of the process as a whole. */
export interface ProcessFacts {
  readonly engine: string;
  /** When the process began, seconds since 1970. */
  readonly startSeconds: number;
  /** Undefined on systems that do not tell. */
  readonly descriptors: { readonly open: number; readonly limit: number } | undefined;
  /** Undefined while the balancer is stopped. */
  readonly eventLoop: DelayReport | undefined;
  /** Undefined where nobody writes any. */
  readonly recordsDropped: number | undefined;
}

const build: Metric = {
  name: 'sluice_build_info',
  type: 'gauge',
  help: 'Always 1: the version, and the engine that carries the traffic.',
};

const readings: readonly Reading<ProcessFacts>[] = [
  {
    name: 'sluice_process_start_time_seconds',
    type: 'gauge',
    help: 'When the process began, in seconds since 1970.',
    read: ({ startSeconds }) => startSeconds,
  },
  {
    name: 'sluice_process_open_descriptors',
    type: 'gauge',
    help: 'Descriptors that the process has open: sockets, pipes, files.',
    read: ({ descriptors }) => descriptors?.open,
  },
  {
    name: 'sluice_process_descriptors_limit',
    type: 'gauge',
    help: 'Most descriptors that the process may have open.',
    read: ({ descriptors }) => descriptors?.limit,
  },
  {
    name: 'sluice_records_dropped_total',
    type: 'counter',
    help: 'Access records that were dropped because their consumer was too slow.',
    read: ({ recordsDropped }) => recordsDropped,
  },
];

const eventLoopDelay: Metric = {
  name: 'sluice_event_loop_delay_seconds',
  type: 'summary',
  help: "How late the event loop of the balancer's thread is; quantiles since the last scrape.",
};

/** In the order in which they are written. */
export const processMetrics: readonly Metric[] = [build, ...readings, eventLoopDelay];

export function writeProcess(sink: MetricSink, facts: ProcessFacts): void {
  sink.begin(build);
  sink.add('', Labels.none.with('version', version).with('engine', facts.engine), 1);
  writeReadings(sink, readings, [{ labels: Labels.none, of: facts }]);
  if (facts.eventLoop === undefined) return;
  const { quantiles, sumSeconds, count } = facts.eventLoop;
  sink.begin(eventLoopDelay);
  for (const { quantile, seconds } of quantiles)
    sink.add('', Labels.none.with('quantile', String(quantile)), seconds);
  sink.add('_sum', Labels.none, sumSeconds);
  sink.add('_count', Labels.none, count);
}
