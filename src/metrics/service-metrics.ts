import type { ListenerOverview, ServiceStatus } from '../listener/overview.ts';
import { writeReadings, type Labelled, type Metric, type MetricSink, type Reading } from './metric.ts';

const statusNumbers: Readonly<Record<ServiceStatus, number>> = { up: 3, degraded: 2, down: 1, stopped: 0 };

const readings: readonly Reading<ListenerOverview>[] = [
  {
    name: 'sluice_service_status',
    type: 'gauge',
    help: '3 up, 2 degraded, 1 down, 0 stopped.',
    read: ({ status }) => statusNumbers[status],
  },
  {
    name: 'sluice_service_open_sessions',
    type: 'gauge',
    help: 'Client connections, or flows, now.',
    read: ({ sessions }) => sessions,
  },
  {
    name: 'sluice_service_sessions_limit',
    type: 'gauge',
    help: 'Most client connections, or flows, at once.',
    read: ({ maxSessions }) => maxSessions,
  },
  {
    name: 'sluice_service_sessions_total',
    type: 'counter',
    help: 'Client connections, or flows, that began.',
    read: ({ sessionsTotal }) => sessionsTotal,
  },
  {
    name: 'sluice_service_exchanges_total',
    type: 'counter',
    help: 'HTTP requests that were answered, by a server or by the service itself.',
    read: ({ protocol, exchangesTotal }) => (protocol === 'http' ? exchangesTotal : undefined),
  },
  {
    name: 'sluice_service_datagrams_dropped_total',
    type: 'counter',
    help: 'Datagrams that were dropped: no server, no room, unknown sender.',
    read: ({ protocol, droppedTotal }) => (protocol === 'udp' ? droppedTotal : undefined),
  },
  {
    name: 'sluice_service_from_clients_bytes_total',
    type: 'counter',
    help: 'Bytes that clients sent.',
    read: ({ bytesFromClients }) => bytesFromClients,
  },
  {
    name: 'sluice_service_from_servers_bytes_total',
    type: 'counter',
    help: 'Bytes that servers sent.',
    read: ({ bytesFromServers }) => bytesFromServers,
  },
  {
    name: 'sluice_service_queue_length',
    type: 'gauge',
    help: 'Clients that wait for a full server.',
    read: ({ protocol, queued }) => (protocol === 'udp' ? undefined : queued),
  },
  {
    name: 'sluice_service_queue_limit',
    type: 'gauge',
    help: 'Most clients that may wait.',
    read: ({ protocol, maxQueued }) => (protocol === 'udp' ? undefined : maxQueued),
  },
  {
    name: 'sluice_service_table_entries',
    type: 'gauge',
    help: 'Clients in its stick tables. Services that share a table tell the same.',
    read: ({ tables }) => sumOf(tables.map(({ entries }) => entries)),
  },
  {
    name: 'sluice_service_table_limit',
    type: 'gauge',
    help: 'Most clients in its stick tables.',
    read: ({ tables }) => sumOf(tables.map(({ maxEntries }) => maxEntries)),
  },
];

const refusals: Metric = {
  name: 'sluice_service_refusals_total',
  type: 'counter',
  help: 'Clients turned away, by reason.',
};

/** In the order in which they are written. */
export const serviceMetrics: readonly Metric[] = [...readings, refusals];

export function writeServices(sink: MetricSink, listeners: readonly Labelled<ListenerOverview>[]): void {
  writeReadings(sink, readings, listeners);
  sink.begin(refusals);
  for (const { labels, of } of listeners) {
    for (const [reason, count] of Object.entries(of.refusals))
      sink.add('', labels.with('reason', reason), count);
  }
}

/** Undefined for nothing. */
function sumOf(numbers: readonly number[]): number | undefined {
  return numbers.length === 0 ? undefined : numbers.reduce((sum, number) => sum + number);
}
