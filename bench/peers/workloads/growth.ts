import { runWrk } from '../load/wrk.ts';
import { maxSessions, sessionsNote } from '../machine.ts';
import { httpMissing } from '../site.ts';
import type { Order, RunningSubject } from '../subject.ts';
import { measureCpu, perUnit, type Sample, type SeriesPoint, type Workload } from './workload.ts';

/** The sample of a series: the cost at its largest size. */
function grown(series: readonly SeriesPoint[]): Sample {
  return { cost: series.at(-1)?.cost ?? Number.NaN, series };
}

const sessionCounts = [1, 10, 100, 1_000];

/** What a quick run compares with the most sessions. */
const quickCounts = [100];

/** Measurements last so many times as long as others: a program is started for each size, and measured once. */
const lengthFactor = 6;

/** A small request costs the same, however many other sessions there are. */
const sessionGrowth: Workload = {
  id: 'growth-sessions',
  title: `From 1 to ${maxSessions.toLocaleString('en-US')} concurrent sessions: a small request, 32 at a time${sessionsNote}`,
  costUnit: 'CPU µs per request',
  sizeUnit: 'concurrent sessions',
  subjects: ['sluice-linux', 'sluice-portable', 'haproxy', 'net-pipe'],
  samples: { quick: 5, full: 5 },
  async sample(stand) {
    const { site, start, milliseconds, warmUpMs, isQuick } = stand;
    const counts = isQuick ? quickCounts : sessionCounts;
    const running = await start({ carried: 'tcp', servers: site.transferServers() });
    const { port } = running.address;
    const series: SeriesPoint[] = [];
    try {
      for (const size of [...counts, stand.maxSessions]) {
        await site.load({ kind: 'hold', port, sessions: size });
        await site.load({
          kind: 'echo',
          milliseconds: size === counts[0] ? warmUpMs : warmUpMs / 5,
          inFlight: 32,
        });
        const measured = await measureCpu(running, () =>
          site.load({ kind: 'echo', milliseconds: milliseconds * lengthFactor, inFlight: 32 }),
        );
        series.push({ size, cost: perUnit(measured).cost });
      }
    } finally {
      await site.load({ kind: 'release' });
    }
    return grown(series);
  },
};

/** Microseconds of a new connection through a subject that is warm. */
async function connectionCost(
  running: RunningSubject,
  warmUpMs: number,
  milliseconds: number,
): Promise<number> {
  const headers = ['Connection: close'];
  const load = { port: running.address.port, path: '/', connections: 32, headers };
  await runWrk({ ...load, milliseconds: warmUpMs });
  const measured = await measureCpu(running, () =>
    runWrk({ ...load, milliseconds: milliseconds * lengthFactor }),
  );
  return perUnit(measured).cost;
}

/** A workload that starts the subject for each size, and measures new connections. */
function connectionGrowth(
  base: Pick<Workload, 'id' | 'title' | 'sizeUnit' | 'subjects'>,
  sizes: readonly number[],
  orderOf: (servers: (count?: number) => Order['servers'], size: number) => Order,
): Workload {
  return {
    ...base,
    costUnit: 'CPU µs per connection',
    samples: { quick: 1, full: 3 },
    missing: httpMissing,
    async sample({ site, start, milliseconds, warmUpMs, isQuick }) {
      const series: SeriesPoint[] = [];
      for (const size of isQuick ? [Math.min(...sizes), Math.max(...sizes)] : sizes) {
        const running = await start(orderOf((count) => site.httpServers(count), size));
        series.push({ size, cost: await connectionCost(running, warmUpMs, milliseconds) });
      }
      return grown(series);
    },
  };
}

export const growthWorkloads: readonly Workload[] = [
  sessionGrowth,
  connectionGrowth(
    {
      id: 'growth-servers',
      title: 'From 3 to 1,000 servers: a new connection',
      sizeUnit: 'servers',
      subjects: ['sluice-linux', 'sluice-portable', 'haproxy'],
    },
    [3, 30, 300, 1_000],
    (servers, size) => ({ carried: 'tcp', servers: servers(size) }),
  ),
  connectionGrowth(
    {
      id: 'growth-table',
      title: 'From 1,000 to 1,000,000 clients in the source address table: a new connection',
      sizeUnit: 'table entries',
      subjects: ['sluice-linux', 'sluice-portable'],
    },
    [1_000, 10_000, 100_000, 1_000_000],
    (servers, size) => ({ carried: 'tcp', servers: servers(), tableEntries: size }),
  ),
];
