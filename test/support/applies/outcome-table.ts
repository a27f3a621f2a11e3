import type { RowOutcome } from './run-row.ts';

const columns: readonly (readonly [head: string, cell: (outcome: RowOutcome) => string])[] = [
  ['balancer', ({ name }) => name],
  ['applies', ({ applies }) => String(applies)],
  ['kept: failed', ({ traffic: { kept } }) => share(kept.failed, kept.requests)],
  [
    'closing: failed',
    ({ traffic: { closing, plain, asking } }) =>
      share(
        closing.failed + plain.failed + asking.failures.length,
        closing.requests + plain.requests + asking.answers,
      ),
  ],
  ['broken', ({ traffic: { kept, closing, plain } }) => String(kept.broken + closing.broken + plain.broken)],
  [
    'C-STORE associations: failed',
    ({ traffic: { associations } }) =>
      share(associations.failures.length, associations.done + associations.failures.length),
  ],
  ['long C-STORE', ({ traffic: { longStore } }) => (longStore === 'whole' ? 'whole' : 'cut')],
  [
    'datagrams: lost',
    ({ traffic: { datagrams } }) => (datagrams === undefined ? '–' : share(datagrams.lost, datagrams.sent)),
  ],
  [
    'longest gap, ms: HTTP, UDP',
    ({ traffic: { asking, datagrams } }) =>
      `${asking.longestGapMs.toFixed(0)}, ${datagrams?.longestGapMs.toFixed(0) ?? '–'}`,
  ],
  [
    'MiB before, most, after',
    ({ before, most, after }) =>
      [before, most, after].map(({ residentMiB }) => residentMiB.toFixed(0)).join(', '),
  ],
  ['processes at most', ({ most }) => String(most.processes)],
];

/** In Markdown, for documentation as well. */
export function outcomeTable(outcomes: readonly RowOutcome[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rows = outcomes.map((outcome) => line(columns.map(([, cell]) => cell(outcome))));
  return [line(columns.map(([head]) => head)), line(columns.map(() => '---')), ...rows].join('\n');
}

function share(count: number, of: number): string {
  return `${count} of ${of.toLocaleString('en')}`;
}
