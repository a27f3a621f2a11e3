import { ratioOf, type RunResults, type WorkloadResults } from '../results.ts';

/** A ratio that Sluice on one thread, with its Linux engine, must not exceed; without a limit it is shown only. */
interface Target {
  readonly workloads: readonly string[];
  readonly peer: string;
  readonly limit?: number;
  /** What is over the peer. @default Sluice with its Linux engine, and otherwise defaults */
  readonly subject?: string;
}

const ours = 'sluice-linux';
const observed = 'sluice-linux-observed';
const bulk = ['bulk-up-1', 'bulk-down-1', 'bulk-up-32', 'bulk-down-32'];
const heads = ['http-small', 'http-browser'];

const targets: readonly Target[] = [
  { workloads: bulk, peer: 'haproxy', limit: 1 },
  { workloads: bulk, peer: 'nginx', limit: 0.4 },
  { workloads: bulk, peer: 'net-pipe', limit: 0.4 },
  { workloads: ['connections'], peer: 'haproxy', limit: 1.1 },
  { workloads: ['tcp-requests'], peer: 'haproxy', limit: 1.05 },
  { workloads: heads, peer: 'haproxy', limit: 1 },
  { workloads: heads, peer: 'http-proxy', limit: 0.2 },
  { workloads: heads, peer: 'undici', limit: 0.4 },
  { workloads: ['http-bodies'], peer: 'haproxy', limit: 1 },
  { workloads: ['udp'], peer: 'nginx', limit: 1 },
  { workloads: ['udp'], peer: 'dgram', limit: 0.6 },
  { workloads: ['dicom'], peer: 'direct', limit: 0.03 },
  { workloads: ['idle'], peer: 'haproxy', limit: 1 },
  { workloads: ['cold'], peer: 'haproxy' },
  { workloads: ['connections', ...heads, 'udp'], subject: observed, peer: ours, limit: 1.08 },
];

/** What a `--quick` run measures in a workload: the Linux engine, HAProxy, and the other subjects that its targets name. */
export function quickSubjects(workload: string): readonly string[] {
  const named = targets
    .filter(({ workloads }) => workloads.includes(workload))
    .flatMap(({ peer, subject = ours }) => [subject, peer]);
  return [ours, 'haproxy', ...named];
}

const growthLimit = 1.3;
const growthFrom = 100;

/** One row of the table of targets. */
export interface Verdict {
  readonly title: string;
  readonly comparedWith: string;
  /** Undefined where there is no goal. */
  readonly limit: number | undefined;
  /** Undefined where either side was not measured. */
  readonly ratio: number | undefined;
  /** The same ratio of the portable engine, for comparison; it has no target. */
  readonly portable: number | undefined;
}

/** Holds the results of the workloads that were run against the targets. */
export function judge({ workloads }: RunResults): readonly Verdict[] {
  const verdicts = targets.flatMap((target) =>
    target.workloads.flatMap((id) => {
      const workload = workloads.find((each) => each.id === id);
      return workload === undefined ? [] : [verdictOf(target, workload)];
    }),
  );
  const growth = workloads.find(({ id }) => id === 'growth-sessions');
  return growth === undefined ? verdicts : [...verdicts, growthVerdict(growth)];
}

function verdictOf({ peer, limit, subject = ours }: Target, workload: WorkloadResults): Verdict {
  const row = (name: string) => workload.rows.find((each) => each.subject === name);
  const isObserved = subject === observed;
  return {
    title: isObserved ? `${workload.title}: logs, metrics and records on` : workload.title,
    comparedWith: isObserved ? 'itself without' : peer,
    limit,
    ratio: ratioOf(row(subject), row(peer)),
    portable: isObserved ? undefined : ratioOf(row('sluice-portable'), row(peer)),
  };
}

/** What a request costs beside the most sessions, over what it costs beside a hundred. */
function growthVerdict({ title, rows }: WorkloadResults): Verdict {
  const growthOf = (name: string): number | undefined => {
    const row = rows.find(({ subject }) => subject === name);
    return ratioOf(
      row,
      row,
      ({ series }) => series?.at(-1)?.cost,
      ({ series }) => series?.find(({ size }) => size === growthFrom)?.cost,
    );
  };
  const comparedWith = `itself at ${growthFrom} sessions`;
  return {
    title,
    comparedWith,
    limit: growthLimit,
    ratio: growthOf(ours),
    portable: growthOf('sluice-portable'),
  };
}

export function outcomeOf({ ratio, limit }: Verdict): 'pass' | 'miss' | 'not measured' | 'no goal' {
  if (ratio === undefined) return 'not measured';
  if (limit === undefined) return 'no goal';
  return ratio <= limit ? 'pass' : 'miss';
}
