import { readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { resultsFolder } from '../settings.ts';
import type { RunResults, WorkloadResults } from '../results.ts';
import { machineParagraph, verdictTable } from './markdown.ts';
import { plotOf } from './plots.ts';
import { judge, outcomeOf } from './targets.ts';

const page = 'docs/performance.md';
const begin = '<!-- outcome: written by npm run bench:peers -->';
const end = '<!-- end of outcome -->';

/** Writes the outcome of a run between the two marks of `docs/performance.md`. */
export function updatePerformancePage(results: RunResults): void {
  const [before, rest] = readFileSync(page, 'utf8').split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined)
    throw new Error(`${page} has lost the marks of its outcome`);
  writeFileSync(page, `${before}${begin}\n\n${outcomeSection(results)}\n\n${end}${after}`);
}

function outcomeSection(results: RunResults): string {
  const verdicts = judge(results);
  const passed = verdicts.filter((verdict) => outcomeOf(verdict) === 'pass').length;
  const plotted = results.workloads.filter((workload) => plotOf(workload) !== undefined);
  const isGrowth = ({ sizeUnit }: WorkloadResults): boolean => sizeUnit !== undefined;
  return [
    machineParagraph(results),
    `${passed} of ${verdicts.length} goals are met.`,
    plot('Every goal: the ratio and its limit', 'overview'),
    verdictTable(verdicts),
    ...plotted.filter(isGrowth).map(({ title, id }) => plot(title, id)),
    '<details><summary>What each subject needs, workload by workload</summary>',
    ...plotted.filter((workload) => !isGrowth(workload)).map(({ title, id }) => plot(title, id)),
    '</details>',
  ].join('\n\n');
}

function plot(title: string, id: string): string {
  return `![${title}](${relative('docs', `${resultsFolder}/${id}.svg`)})`;
}
