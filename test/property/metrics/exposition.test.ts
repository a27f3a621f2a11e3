import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ListenerOverview, ServerOverview, ServiceOverview } from '../../../src/index.ts';
import { writeAll } from '../../../src/metrics/all-metrics.ts';
import { Exposition } from '../../../src/metrics/exposition.ts';
import type { ProcessFacts } from '../../../src/metrics/process-metrics.ts';
import { durationBoundsMs, Durations } from '../../../src/path/durations.ts';
import { noRefusals } from '../../../src/path/traffic-counters.ts';
import { readExposition, type ReadMetric } from '../../support/exposition-reader.ts';

const count = fc.nat(2 ** 31 - 1);
const bytes = fc.maxSafeNat();
const limit = fc.oneof(count, fc.constant(Infinity));
const amount = fc.double({ min: 0, max: 1e15, noNaN: true });
const name = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('\\', '"', '\n', 'n', 'é', '{', '=') }));

const server: fc.Arbitrary<ServerOverview> = fc.record({
  name,
  host: fc.constant('192.0.2.1'),
  port: fc.constant(104),
  weight: fc.nat(256),
  backup: fc.boolean(),
  adminState: fc.constantFrom('online', 'drain', 'halt'),
  health: fc.constantFrom('up', 'down', 'unknown'),
  ejected: fc.boolean(),
  availability: fc.constant('available'),
  lastProbe: fc.constant(undefined),
  probesTotal: fc.oneof(count, fc.constant(0)),
  probeFailuresTotal: count,
  probesTookMs: amount,
  ejectionsTotal: count,
  sessions: count,
  maxSessions: limit,
  sessionsTotal: count,
  connectFailuresTotal: count,
  bytesFromClients: bytes,
  bytesFromServer: bytes,
});

const durations = fc
  .array(fc.tuple(fc.constantFrom('session', 'exchange', 'connect', 'queue'), amount), { maxLength: 30 })
  .map((all) => {
    const measured = new Durations();
    for (const [kind, ms] of all) measured.add(kind, ms);
    return measured.describe();
  });

const listener: fc.Arbitrary<ListenerOverview> = fc.record({
  protocol: fc.constantFrom('tcp', 'http', 'udp'),
  host: fc.constant('192.0.2.100'),
  port: fc.constant(104),
  state: fc.constant('started'),
  status: fc.constantFrom('up', 'degraded', 'down', 'stopped'),
  sessions: count,
  maxSessions: limit,
  sessionsTotal: count,
  exchangesTotal: count,
  refusedTotal: count,
  refusals: fc.record({
    'no-server': count,
    'queue-full': count,
    'queue-timeout': count,
    'bad-request': count,
    timeout: count,
  }),
  droppedTotal: count,
  queued: count,
  maxQueued: count,
  bytesFromClients: bytes,
  bytesFromServers: bytes,
  durations: fc.option(durations, { nil: undefined }),
  tables: fc.array(fc.record({ entries: fc.nat(9_999), maxEntries: fc.nat(9_999) }), { maxLength: 2 }),
  servers: fc.uniqueArray(server, { selector: (of) => of.name, maxLength: 4 }),
});

const services: fc.Arbitrary<readonly ServiceOverview[]> = fc.uniqueArray(
  fc.record({
    name,
    mode: fc.constant('tcp' as const),
    status: fc.constant('up' as const),
    listeners: fc.uniqueArray(listener, { selector: ({ protocol }) => protocol, maxLength: 2 }),
  }),
  { selector: (of) => of.name, maxLength: 3 },
);

const facts: fc.Arbitrary<ProcessFacts> = fc.record({
  engine: name,
  startSeconds: amount,
  descriptors: fc.option(fc.record({ open: count, limit: count }), { nil: undefined }),
  recordsDropped: fc.option(count, { nil: undefined }),
  eventLoop: fc.option(
    fc.record({
      quantiles: fc.uniqueArray(
        fc.record({
          quantile: fc.double({ min: 0, max: 1, noNaN: true }),
          seconds: fc.double().map((value) => value + 0),
        }),
        {
          selector: ({ quantile }) => String(quantile),
        },
      ),
      sumSeconds: amount,
      count,
    }),
    { nil: undefined },
  ),
});

/** What each metric has to say, apart from the code that says it. */
const ofServer: Readonly<Record<string, (of: ServerOverview) => number | undefined>> = {
  sluice_server_health: ({ health }) => ({ up: 1, down: 0, unknown: -1 })[health],
  sluice_server_admin_state: ({ adminState }) => ({ online: 0, drain: 1, halt: 2 })[adminState],
  sluice_server_ejected: ({ ejected }) => (ejected ? 1 : 0),
  sluice_server_ejections_total: ({ ejectionsTotal }) => ejectionsTotal,
  sluice_server_weight: ({ weight }) => weight,
  sluice_server_open_sessions: ({ sessions }) => sessions,
  sluice_server_sessions_limit: ({ maxSessions }) => (maxSessions === Infinity ? undefined : maxSessions),
  sluice_server_sessions_total: ({ sessionsTotal }) => sessionsTotal,
  sluice_server_connect_failures_total: ({ connectFailuresTotal }) => connectFailuresTotal,
  sluice_server_from_clients_bytes_total: ({ bytesFromClients }) => bytesFromClients,
  sluice_server_from_server_bytes_total: ({ bytesFromServer }) => bytesFromServer,
  sluice_server_probe_failures_total: (of) => (of.probesTotal === 0 ? undefined : of.probeFailuresTotal),
  sluice_server_probe_duration_seconds_sum: (of) =>
    of.probesTotal === 0 ? undefined : of.probesTookMs / 1000,
  sluice_server_probe_duration_seconds_count: (of) => (of.probesTotal === 0 ? undefined : of.probesTotal),
};

const ofListener: Readonly<Record<string, (of: ListenerOverview) => number | undefined>> = {
  sluice_service_status: ({ status }) => ({ up: 3, degraded: 2, down: 1, stopped: 0 })[status],
  sluice_service_open_sessions: ({ sessions }) => sessions,
  sluice_service_sessions_limit: ({ maxSessions }) => maxSessions,
  sluice_service_sessions_total: ({ sessionsTotal }) => sessionsTotal,
  sluice_service_exchanges_total: (of) => (of.protocol === 'http' ? of.exchangesTotal : undefined),
  sluice_service_datagrams_dropped_total: (of) => (of.protocol === 'udp' ? of.droppedTotal : undefined),
  sluice_service_from_clients_bytes_total: ({ bytesFromClients }) => bytesFromClients,
  sluice_service_from_servers_bytes_total: ({ bytesFromServers }) => bytesFromServers,
  sluice_service_queue_length: (of) => (of.protocol === 'udp' ? undefined : of.queued),
  sluice_service_queue_limit: (of) => (of.protocol === 'udp' ? undefined : of.maxQueued),
  sluice_service_table_entries: ({ tables: [first, second] }) =>
    first === undefined ? undefined : first.entries + (second?.entries ?? 0),
  sluice_service_table_limit: ({ tables: [first, second] }) =>
    first === undefined ? undefined : first.maxEntries + (second?.maxEntries ?? 0),
};

/** The value of each series of a metric, by its labels. */
type Series = ReadonlyMap<string, number>;

function seriesOf(metrics: ReadonlyMap<string, ReadMetric>, name: string): Series {
  const samples = [...metrics.values()].flatMap(({ samples: of }) => of);
  return new Map(
    samples.filter((sample) => sample.name === name).map(({ labels, value }) => [keyOf(labels), value]),
  );
}

function keyOf(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort());
}

function series(all: readonly (readonly [Readonly<Record<string, string>>, number | undefined])[]): Series {
  return new Map(
    all.flatMap(([labels, value]) => (value === undefined ? [] : [[keyOf(labels), value] as const])),
  );
}

const everyService = fc.tuple(facts, services);

function metricsOf([process, all]: readonly [ProcessFacts, readonly ServiceOverview[]]): ReadonlyMap<
  string,
  ReadMetric
> {
  const exposition = new Exposition();
  writeAll(exposition, process, all);
  return readExposition(exposition.text);
}

function listenersOf(all: readonly ServiceOverview[]): readonly {
  readonly labels: Readonly<Record<string, string>>;
  readonly of: ListenerOverview;
}[] {
  return all.flatMap(({ name: service, listeners }) =>
    listeners.map((of) => ({ labels: { service, protocol: of.protocol }, of })),
  );
}

it('every line is as the format has it, and every number of an overview is told as it is', () => {
  fc.assert(
    fc.property(everyService, ([process, all]) => {
      const metrics = metricsOf([process, all]);
      const listeners = listenersOf(all);
      for (const [metric, read] of Object.entries(ofListener)) {
        const expected = series(listeners.map(({ labels, of }) => [labels, read(of)]));
        expect(seriesOf(metrics, metric), metric).toEqual(expected);
      }
      const servers = listeners.flatMap(({ labels, of }) =>
        of.servers.map((one) => ({ labels: { ...labels, server: one.name }, of: one })),
      );
      for (const [metric, read] of Object.entries(ofServer)) {
        const expected = series(servers.map(({ labels, of }) => [labels, read(of)]));
        expect(seriesOf(metrics, metric), metric).toEqual(expected);
      }
    }),
  );
});

it('refusals and durations are told by listener', () => {
  fc.assert(
    fc.property(everyService, ([process, all]) => {
      const metrics = metricsOf([process, all]);
      const listeners = listenersOf(all);
      const refused = listeners.flatMap(({ labels, of }) =>
        (Object.keys(noRefusals()) as (keyof ListenerOverview['refusals'])[]).map(
          (reason) => [{ ...labels, reason }, of.refusals[reason]] as const,
        ),
      );
      expect(seriesOf(metrics, 'sluice_service_refusals_total')).toEqual(series(refused));
      const told = { session: 'session', exchange: 'exchange', connect: 'connect', queue: 'queue' } as const;
      for (const [kind, word] of Object.entries(told)) {
        const metric = `sluice_service_${word}_duration_seconds`;
        const measured = listeners.filter(({ of: { protocol } }) => {
          if (kind === 'exchange') return protocol === 'http';
          return kind === 'session' || protocol !== 'udp';
        });
        const counts = (of: ListenerOverview): readonly number[] | undefined =>
          of.durations?.[kind as keyof typeof told].counts;
        const buckets = measured.flatMap(({ labels, of }) =>
          [...durationBoundsMs, Infinity].map((bound, bucket) => {
            const le = bound === Infinity ? '+Inf' : String(bound / 1000);
            const upTo = counts(of)?.slice(0, bucket + 1);
            return [{ ...labels, le }, upTo?.reduce((sum, one) => sum + one)] as const;
          }),
        );
        expect(seriesOf(metrics, `${metric}_bucket`), metric).toEqual(series(buckets));
        const sums = measured.map(({ labels, of }) => {
          const ms = of.durations?.[kind as keyof typeof told].totalMs;
          return [labels, ms === undefined ? undefined : ms / 1000] as const;
        });
        expect(seriesOf(metrics, `${metric}_sum`), metric).toEqual(series(sums));
      }
    }),
  );
});

it('what is known of the process is told, and what is not known is left out', () => {
  fc.assert(
    fc.property(everyService, ([process, all]) => {
      const metrics = metricsOf([process, all]);
      const plain = (metric: string): number | undefined => seriesOf(metrics, metric).get('[]');
      const { descriptors, eventLoop, recordsDropped, startSeconds, engine } = process;
      expect(plain('sluice_process_start_time_seconds')).toBe(startSeconds);
      expect(plain('sluice_process_open_descriptors')).toBe(descriptors?.open);
      expect(plain('sluice_process_descriptors_limit')).toBe(descriptors?.limit);
      expect(plain('sluice_records_dropped_total')).toBe(recordsDropped);
      expect(plain('sluice_event_loop_delay_seconds_sum')).toBe(eventLoop?.sumSeconds);
      expect(plain('sluice_event_loop_delay_seconds_count')).toBe(eventLoop?.count);
      const quantiles = (eventLoop?.quantiles ?? []).map(({ quantile, seconds }) => {
        return [{ quantile: String(quantile) }, seconds] as const;
      });
      expect(seriesOf(metrics, 'sluice_event_loop_delay_seconds')).toEqual(series(quantiles));
      const [build] = metrics.get('sluice_build_info')!.samples;
      expect([build!.labels['engine'], build!.value]).toEqual([engine, 1]);
    }),
  );
});
