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

/**
 * One subject's figure over that of another: the geometric mean of the middle half of the rounds' ratios. Neighbours on
 * the machine's processor make all work half as dear again for seconds at a time; both sides of one round meet the
 * same. Undefined where no round has both.
 */
export function ratioOf(
  over: SubjectResults | undefined,
  under: SubjectResults | undefined,
  figure: (sample: Sample) => number | undefined = ({ cost }) => cost,
  underFigure = figure,
): number | undefined {
  const ratios = (over?.samples ?? []).flatMap((sample, round) => {
    const other = under?.samples[round];
    const ratio = ((sample && figure(sample)) ?? Number.NaN) / ((other && underFigure(other)) ?? Number.NaN);
    return Number.isNaN(ratio) ? [] : [ratio];
  });
  return ratios.length === 0 ? undefined : middleOf(ratios);
}

/** The geometric mean of the middle half. */
export function middleOf(values: readonly number[]): number {
  const logarithms = values.map(Math.log).sort((a, b) => a - b);
  const cut = Math.floor(logarithms.length / 4);
  const middle = logarithms.slice(cut, logarithms.length - cut);
  return Math.exp(middle.reduce((sum, each) => sum + each, 0) / middle.length);
}
