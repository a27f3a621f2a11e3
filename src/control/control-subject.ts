import type { Balancer } from '../balancer/balancer.ts';
import type { OptionReader } from '../base/options.ts';
import { RecentLog } from '../records/recent-log.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { readRuntime } from '../runtime/runtime-option.ts';
import { FileComparison, type ReadFileConfig } from './file-comparison.ts';
import type { ControlSubject } from './route.ts';

/** What is told of a balancer and its program to those who control it. */
export interface ControlSubjectOptions {
  /** The configuration file that the balancer runs, told to those who ask. */
  readonly file?: string;
  /** Further facts of the program, told together with its status. Plain data. */
  readonly about?: () => object;
  /**
   * What the file says now, for the overview to tell what runs otherwise. It is asked with each overview: give the same object
   * while the file is the same. Needs `file`.
   * @default the overview does not tell
   */
  readonly readFile?: ReadFileConfig;
  /**
   * How many access records of each service are kept for those who ask what happened; 500 take some 200 KB. With 0 they are
   * made only while somebody follows them. 0 to 100,000.
   * @default 500
   */
  readonly recentRecords?: number;
  /** Clock, randomness and log. @default the system's */
  readonly runtime?: Runtime;
}

/** Defaults of {@link ControlSubjectOptions}. */
export const controlDefaults = { recentRecords: 500 } as const;

/** {@link ControlSubjectOptions}, complete. */
export interface ResolvedControlSubjectOptions extends Pick<ControlSubjectOptions, 'file' | 'readFile'> {
  readonly about: () => object;
  readonly recentRecords: number;
  readonly runtime: Runtime;
}

const nothing = (): object => ({});

/** Reads the options, each by itself. */
export function readControlSubject(reader: OptionReader): ResolvedControlSubjectOptions {
  const file = reader.string('file', { default: undefined });
  const readFile = reader.function('readFile', { default: undefined }) as ReadFileConfig | undefined;
  if (readFile !== undefined && file === undefined) reader.problem('file', 'the file that `readFile` reads');
  return {
    ...(file === undefined ? {} : { file }),
    ...(readFile === undefined ? {} : { readFile }),
    about: reader.function('about', { default: nothing }) as () => object,
    recentRecords: reader.integer('recentRecords', {
      min: 0,
      max: 100_000,
      default: controlDefaults.recentRecords,
    }),
    runtime: readRuntime(reader),
  };
}

/** What routes are about. It hears the balancer, until its `log` is closed. */
export function openControlSubject(
  balancer: Balancer,
  { file, about, readFile, recentRecords, runtime: { clock } }: ResolvedControlSubjectOptions,
): ControlSubject {
  const comparison =
    file === undefined || readFile === undefined ? undefined : new FileComparison(balancer, file, readFile);
  const log = new RecentLog(balancer, clock, recentRecords);
  return { balancer, clock, startedAtMs: clock.wallMs(), file, about, comparison, log };
}
