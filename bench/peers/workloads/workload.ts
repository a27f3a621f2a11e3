import type { LoadResult } from '../load/load-result.ts';
import { cpuSeconds } from '../meter/cpu-meter.ts';
import type { Site } from '../site.ts';
import type { Address, Order, RunningSubject } from '../subject.ts';

/** One measurement of one subject. */
export interface Sample {
  /** What a unit of work cost, in the workload's `costUnit`; less is better. */
  readonly cost: number;
  /** How much work was done, in the workload's `rateUnit`. */
  readonly rate?: number;
  /** Memory: the cost before the subject has settled. */
  readonly atOnce?: number;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  /** Growth: the cost at each size. */
  readonly series?: readonly SeriesPoint[];
}

export interface SeriesPoint {
  readonly size: number;
  readonly cost: number;
}

/** What a workload has to measure one subject with. */
export interface Stand {
  readonly site: Site;
  /** The subject as started for all rounds; only for workloads with `kept`. */
  readonly running: RunningSubject;
  /** Starts the subject anew, for this sample only. */
  readonly start: (order: Order) => Promise<RunningSubject>;
  /** How long to measure. */
  readonly milliseconds: number;
  /** For how long to warm up what `start` started. */
  readonly warmUpMs: number;
  /** The most sessions that the subject can hold here. */
  readonly maxSessions: number;
  readonly isQuick: boolean;
}

/** A subject that is started once, and proved to carry bytes unharmed before it is measured. */
export interface KeptSubject {
  readonly order: (site: Site) => Order;
  /**
   * @returns what the subject lacks without being wrong, for the report
   * @throws with what is wrong
   */
  readonly prove: (address: Address) => Promise<readonly string[]>;
}

/** One kind of work. */
export interface Workload {
  /** For `--only`, and the name of its plot. */
  readonly id: string;
  readonly title: string;
  readonly costUnit: string;
  readonly rateUnit?: string;
  /** Names of the subjects, in the order of the report. */
  readonly subjects: readonly string[];
  /** How subjects are started and proved once for all rounds; without it each sample starts its own. */
  readonly kept?: KeptSubject;
  /** What the sizes of a growth series are. */
  readonly sizeUnit?: string;
  /**
   * Rounds are three times as long and 80 % as many, after twice as many starts. What moves a gigabyte each second begins
   * slowly: sizes of pipes and windows grow first. How V8 compiles the few calls that it makes differs by process.
   */
  readonly isLong?: boolean;
  /** How often it is measured, where each sample starts the subject. */
  readonly samples?: { readonly quick: number; readonly full: number };
  /** Why it cannot be measured here, or undefined. */
  readonly missing?: () => string | undefined;
  /** Warms a kept subject up. @default a sample */
  readonly warmUp?: (stand: Stand) => Promise<unknown>;
  readonly sample: (stand: Stand) => Promise<Sample>;
}

/** Work done and the CPU seconds that the subject took for it. */
export interface Measured extends LoadResult {
  readonly cpu: number;
}

export async function measureCpu(
  { pid }: RunningSubject,
  load: () => Promise<LoadResult>,
): Promise<Measured> {
  const before = cpuSeconds(pid);
  const result = await load();
  return { ...result, cpu: cpuSeconds(pid) - before };
}

/** The sample of work whose units are requests, connections or datagrams: microseconds of CPU for each. */
export function perUnit({ units, seconds, cpu, p50Ms, p99Ms }: Measured): Sample {
  return {
    cost: (cpu * 1e6) / units,
    rate: units / seconds,
    ...(p50Ms === undefined ? {} : { p50Ms }),
    ...(p99Ms === undefined ? {} : { p99Ms }),
  };
}

export const tcpSubjects = [
  'sluice-linux',
  'sluice-portable',
  'haproxy',
  'nginx',
  'net-pipe',
  'node-tcp-proxy',
];
/** With logs, metrics and access records on, beside the one without. */
export const observedSubject = 'sluice-linux-observed';
export const httpSubjects = [
  ...['sluice-linux', 'sluice-portable', 'haproxy', 'nginx'],
  ...['undici', 'http-proxy', 'http-proxy-3', 'httpxy', 'fast-proxy'],
];
