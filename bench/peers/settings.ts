import { Command, InvalidArgumentError } from 'commander';
import { subjects } from './launch/catalogue.ts';
import { workloads } from './workloads/catalogue.ts';

/** What the command line asks for. */
export interface Settings {
  readonly isQuick: boolean;
  /** How often each subject starts in a workload that keeps it running. */
  readonly starts: number;
  /** Interleaved measurements of each subject after each start. */
  readonly rounds: number;
  readonly milliseconds: number;
  readonly workloads: readonly string[];
  /** Undefined where the command line names none: then each workload has its own. */
  readonly subjects: readonly string[] | undefined;
  /** The folder of the report. */
  readonly out: string;
}

interface Flags {
  quick: boolean;
  starts: number;
  rounds: number;
  seconds: number;
  only?: readonly string[];
  subjects?: readonly string[];
  out?: string;
}

/** Where the report of a whole run goes; `docs/performance.md` shows it. */
export const resultsFolder = 'bench/results';
const partialResultsFolder = 'temp/bench';

/** Reads the command line; prints help or what is wrong with it, and ends the process then. */
export function readSettings(argv: readonly string[]): Settings {
  const workloadIds = workloads.map(({ id }) => id);
  const subjectNames = subjects.map(({ name }) => name);
  const command = new Command('npm run bench:peers --')
    .description(
      'Measures Sluice beside what a user would pick instead: CPU time of the proxy per unit of work.',
    )
    .option('--quick', 'only what a goal names, and fewer sizes: half an hour', false)
    .option('--starts <count>', 'processes of each subject, one after another (default: 3)', positive, 3)
    .option('--rounds <count>', 'interleaved rounds for each process (default: 10)', positive, 10)
    .option('--seconds <number>', 'length of one measurement (default: 0.5)', positive, 0.5)
    .option('--only <workloads>', 'some workloads, with commas', listOf(workloadIds))
    .option('--subjects <names>', 'some subjects, with commas', listOf(subjectNames))
    .option(
      '--out <folder>',
      `where the report goes (default: ${resultsFolder}, or ${partialResultsFolder} with --only or --subjects)`,
    )
    .addHelpText('after', `\nWorkloads: ${workloadIds.join(', ')}\nSubjects: ${subjectNames.join(', ')}`)
    .addHelpText('after', '\nPeers are installed by: npm run bench:peers:install');
  command.configureHelp({ optionDescription: ({ description }) => description });
  const flags = command.parse(argv, { from: 'user' }).opts<Flags>();
  const isWhole = flags.only === undefined && flags.subjects === undefined;
  return {
    isQuick: flags.quick,
    starts: Math.ceil(flags.starts),
    rounds: Math.ceil(flags.rounds),
    milliseconds: flags.seconds * 1000,
    workloads: flags.only ?? workloadIds,
    subjects: flags.subjects,
    out: flags.out ?? (isWhole ? resultsFolder : partialResultsFolder),
  };
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('expected a number above 0');
  return value;
}

/** Names with commas between; the start of a name stands for all that begin so. */
function listOf(known: readonly string[]): (text: string) => readonly string[] {
  return (text) =>
    text.split(',').flatMap((start) => {
      const names = known.includes(start) ? [start] : known.filter((name) => name.startsWith(start));
      if (names.length === 0) throw new InvalidArgumentError(`'${start}' is none of: ${known.join(', ')}`);
      return names;
    });
}
