import Table from 'cli-table3';
import { none, ratioText } from './figures.ts';
import { outcomeOf, type Verdict } from './targets.ts';

/** The table of targets for the console. */
export function formatVerdicts(verdicts: readonly Verdict[]): string {
  const head = ['workload', 'over', 'at most', 'sluice linux', 'outcome', 'sluice portable'];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const verdict of verdicts) {
    const { title, comparedWith, limit, ratio, portable } = verdict;
    table.push([
      title,
      comparedWith,
      limit ?? none,
      ratioText(ratio),
      outcomeOf(verdict),
      ratioText(portable),
    ]);
  }
  return table.toString();
}
