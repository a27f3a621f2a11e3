import { subjects } from '../launch/catalogue.ts';
import { medianOf, ratioOf, type RunResults, type SubjectResults, type WorkloadResults } from '../results.ts';
import { figureText, none, ratioText } from './figures.ts';
import { judge, outcomeOf, type Verdict } from './targets.ts';

/** The report for people; plots stand beside it, named after their workload. */
export function markdownReport(results: RunResults): string {
  return [
    '# Sluice and its peers',
    machineParagraph(results),
    '## Targets',
    'CPU time per unit (or what the row says) of Sluice on one thread over the other one: the middle of the rounds.',
    verdictTable(judge(results)),
    '![Overview](overview.svg)',
    ...results.workloads.map(workloadSection),
    '## Subjects',
    subjects.map(({ name, about }) => `* \`${name}\`: ${about}`).join('\n'),
    '',
  ].join('\n\n');
}

/** What was measured where. */
export function machineParagraph({ machine, settings, build, minutes }: RunResults): string {
  const { processor, cores, memoryGiB, kernel, node, load, date, versions } = machine;
  const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${date}: ${processor}, ${cores} cores, ${memoryGiB} GiB, Linux ${kernel}, Node ${node}, load average ${load.join(' / ')} at the start; ${
    settings.isQuick ? 'a `--quick` run' : 'a full run'
  } of ${minutes} minutes, ${settings.starts} processes of each subject, ${settings.rounds} rounds of ${settings.milliseconds} ms each. Sluice: ${build}. ${names.join(', ')}.`;
}

export function verdictTable(verdicts: readonly Verdict[]): string {
  const hasPortable = verdicts.some(({ portable }) => portable !== undefined);
  return table(
    ['workload', 'over', 'at most', 'sluice linux', 'outcome', ...(hasPortable ? ['sluice portable'] : [])],
    verdicts.map((verdict) => {
      const { title, comparedWith, limit, ratio, portable } = verdict;
      return [
        ...[title, comparedWith, String(limit ?? none), ratioText(ratio), outcomeOf(verdict)],
        ...(hasPortable ? [ratioText(portable)] : []),
      ];
    }),
  );
}

function workloadSection(workload: WorkloadResults): string {
  const { id, title, sizeUnit, rows } = workload;
  const measured = rows.filter((row) => row.absent === undefined);
  const absent = rows.flatMap(({ subject, absent }) =>
    absent === undefined ? [] : [`* \`${subject}\`: ${absent}`],
  );
  const remarks = rows.flatMap((row) => row.remarks.map((remark) => `* \`${row.subject}\`: ${remark}`));
  const columns = columnsOf(workload).filter(({ cell }) => measured.some((row) => cell(row) !== none));
  return [
    `## ${title}`,
    table(
      columns.map(({ head }) => head),
      measured.map((row) => columns.map(({ cell }) => cell(row))),
    ),
    ...(absent.length === 0 ? [] : [`Not measured:\n\n${absent.join('\n')}`]),
    ...(remarks.length === 0 ? [] : [`Remarks:\n\n${remarks.join('\n')}`]),
    ...(sizeUnit === undefined ? [] : [seriesTable(workload)]),
    `![${title}](${id}.svg)`,
  ].join('\n\n');
}

/** One column of a workload's table. */
interface Column {
  readonly head: string;
  readonly cell: (row: SubjectResults) => string;
}

function columnsOf({ costUnit, rateUnit, rows }: WorkloadResults): readonly Column[] {
  const over = (name: string, row: SubjectResults): string =>
    ratioText(
      ratioOf(
        rows.find(({ subject }) => subject === name),
        row,
      ),
    );
  return [
    { head: 'subject', cell: ({ subject }) => subject },
    { head: costUnit, cell: (row) => figureText(medianOf(row, ({ cost }) => cost)) },
    { head: 'at once', cell: (row) => figureText(medianOf(row, ({ atOnce }) => atOnce)) },
    { head: 'least – most', cell: spread },
    { head: 'linux ÷ it', cell: (row) => over('sluice-linux', row) },
    { head: 'portable ÷ it', cell: (row) => over('sluice-portable', row) },
    { head: rateUnit ?? '', cell: (row) => figureText(medianOf(row, ({ rate }) => rate)) },
    { head: 'p50 ms', cell: (row) => figureText(medianOf(row, ({ p50Ms }) => p50Ms)) },
    { head: 'p99 ms', cell: (row) => figureText(medianOf(row, ({ p99Ms }) => p99Ms)) },
  ];
}

function spread({ samples }: SubjectResults): string {
  const costs = samples.flatMap((sample) => (sample === undefined ? [] : [sample.cost]));
  if (costs.length < 2) return none;
  return `${figureText(Math.min(...costs))} – ${figureText(Math.max(...costs))}`;
}

/** The median cost at each size. */
function seriesTable({ rows, sizeUnit }: WorkloadResults): string {
  const measured = rows.filter((row) => row.absent === undefined);
  const points = measured.flatMap(({ samples }) => samples.flatMap((sample) => sample?.series ?? []));
  const sizes = [...new Set(points.map(({ size }) => size))].sort((a, b) => a - b);
  return table(
    [sizeUnit ?? '', ...measured.map(({ subject }) => subject)],
    sizes.map((size) => [
      figureText(size),
      ...measured.map((row) => figureText(medianOf(row, ({ series }) => costAt(series, size)))),
    ]),
  );
}

function costAt(
  series: readonly { size: number; cost: number }[] | undefined,
  size: number,
): number | undefined {
  return series?.find((point) => point.size === size)?.cost;
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...lines.map(row)].join('\n');
}
