import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunResults } from '../results.ts';
import { resultsFolder } from '../settings.ts';
import { markdownReport } from './markdown.ts';
import { overviewPlot } from './overview.ts';
import { updatePerformancePage } from './performance-page.ts';
import { plotOf } from './plots.ts';
import { judge } from './targets.ts';

/**
 * Writes `peers.json`, `peers.md` and the plots into the folder of the settings; where that is the usual one, the
 * outcome goes to `docs/performance.md` too, so that the page and the results never differ.
 */
export function writeReport(results: RunResults): void {
  const folder = results.settings.out;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'peers.json'), `${JSON.stringify(results, undefined, 2)}\n`);
  writeFileSync(join(folder, 'peers.md'), markdownReport(results));
  writeFileSync(join(folder, 'overview.svg'), overviewPlot(judge(results)));
  for (const workload of results.workloads) {
    const plot = plotOf(workload);
    if (plot !== undefined) writeFileSync(join(folder, `${workload.id}.svg`), plot);
  }
  if (folder === resultsFolder) updatePerformancePage(results);
}
