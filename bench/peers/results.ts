import type { MachineFacts } from './machine.ts';
import type { Settings } from './settings.ts';
import type { Sample } from './workloads/workload.ts';

/** Everything that one run found; written as JSON. */
export interface RunResults {
  readonly machine: MachineFacts;
  readonly settings: Settings;
  /** What the Sluice subjects ran. */
  readonly build: string;
  readonly minutes: number;
  readonly workloads: readonly WorkloadResults[];
}

export interface WorkloadResults {
  readonly id: string;
  readonly title: string;
  readonly costUnit: string;
  readonly rateUnit: string | undefined;
  readonly sizeUnit: string | undefined;
  readonly rows: readonly SubjectResults[];
}

/** What one subject did in one workload. */
export interface SubjectResults {
  readonly subject: string;
  /** By round; undefined where that round failed. */
  readonly samples: readonly (Sample | undefined)[];
  /** What it lacks, found by the proof. */
  readonly remarks: readonly string[];
  /** Why there are no samples. */
  readonly absent?: string;
}

export function median(values: readonly number[]): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The median of one figure over the rounds; undefined where no round has it. */
export function medianOf(
  row: SubjectResults,
  figure: (sample: Sample) => number | undefined,
): number | undefined {
  const values = row.samples
    .map((sample) => (sample === undefined ? undefined : figure(sample)))
    .filter((value) => value !== undefined);
  return values.length === 0 ? undefined : median(values);
}

/** One subject's figure over that of another, each the mean over its rounds, which are interleaved. */
export function ratioOfMeans(
  over: SubjectResults | undefined,
  under: SubjectResults | undefined,
  figure: (sample: Sample) => number | undefined = ({ cost }) => cost,
): number | undefined {
  const ratio = meanOf(over, figure) / meanOf(under, figure);
  return Number.isNaN(ratio) ? undefined : ratio;
}

/** The mean of one figure over the rounds that have it; NaN where none has. */
export function meanOf(
  row: SubjectResults | undefined,
  figure: (sample: Sample) => number | undefined,
): number {
  const values = (row?.samples ?? [])
    .map((sample) => (sample === undefined ? undefined : figure(sample)))
    .filter((value) => value !== undefined);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
