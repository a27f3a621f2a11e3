import type { ServerOverview } from '../listener/overview.ts';
import { adminStates, type Health } from '../model/server.ts';
import { writeReadings, type Labelled, type Metric, type MetricSink, type Reading } from './metric.ts';

const healthNumbers: Readonly<Record<Health, number>> = { up: 1, down: 0, unknown: -1 };

const readings: readonly Reading<ServerOverview>[] = [
  {
    name: 'sluice_server_health',
    type: 'gauge',
    help: 'What probes found: 1 up, 0 down, -1 nothing yet.',
    read: ({ health }) => healthNumbers[health],
  },
  {
    name: 'sluice_server_admin_state',
    type: 'gauge',
    help: 'What a person ordered: 0 online, 1 drain, 2 halt.',
    read: ({ adminState }) => adminStates.indexOf(adminState),
  },
  {
    name: 'sluice_server_ejected',
    type: 'gauge',
    help: 'Whether it is out for a while after connect failures: 1 or 0.',
    read: ({ ejected }) => Number(ejected),
  },
  {
    name: 'sluice_server_ejections_total',
    type: 'counter',
    help: 'Times that it was ejected.',
    read: ({ ejectionsTotal }) => ejectionsTotal,
  },
  {
    name: 'sluice_server_weight',
    type: 'gauge',
    help: 'Share of new clients relative to other servers, 0 to 256.',
    read: ({ weight }) => weight,
  },
  {
    name: 'sluice_server_open_sessions',
    type: 'gauge',
    help: 'Sessions, exchanges or flows now.',
    read: ({ sessions }) => sessions,
  },
  {
    name: 'sluice_server_sessions_limit',
    type: 'gauge',
    help: 'Most sessions, exchanges or flows at once, where there is a limit.',
    read: ({ maxSessions }) => (maxSessions === Infinity ? undefined : maxSessions),
  },
  {
    name: 'sluice_server_sessions_total',
    type: 'counter',
    help: 'Sessions, exchanges and flows that it was chosen for.',
    read: ({ sessionsTotal }) => sessionsTotal,
  },
  {
    name: 'sluice_server_connect_failures_total',
    type: 'counter',
    help: 'Connects that failed and were its fault.',
    read: ({ connectFailuresTotal }) => connectFailuresTotal,
  },
  {
    name: 'sluice_server_from_clients_bytes_total',
    type: 'counter',
    help: 'Bytes that clients sent to it.',
    read: ({ bytesFromClients }) => bytesFromClients,
  },
  {
    name: 'sluice_server_from_server_bytes_total',
    type: 'counter',
    help: 'Bytes that it sent to clients.',
    read: ({ bytesFromServer }) => bytesFromServer,
  },
  {
    name: 'sluice_server_probe_failures_total',
    type: 'counter',
    help: 'Probes that speak against it.',
    read: ({ probesTotal, probeFailuresTotal }) => (probesTotal === 0 ? undefined : probeFailuresTotal),
  },
];

const probeDuration: Metric = {
  name: 'sluice_server_probe_duration_seconds',
  type: 'summary',
  help: 'How long its probes took, good or bad.',
};

/** In the order in which they are written. */
export const serverMetrics: readonly Metric[] = [...readings, probeDuration];

export function writeServers(sink: MetricSink, servers: readonly Labelled<ServerOverview>[]): void {
  writeReadings(sink, readings, servers);
  sink.begin(probeDuration);
  for (const { labels, of } of servers) {
    if (of.probesTotal === 0) continue;
    sink.add('_sum', labels, of.probesTookMs / 1e3);
    sink.add('_count', labels, of.probesTotal);
  }
}
