import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunResults } from '../results.ts';
import { markdownReport } from './markdown.ts';
import { plotOf } from './plots.ts';

/** Writes `peers.json`, `peers.md` and a plot for each workload into the folder of the settings. */
export function writeReport(results: RunResults): void {
  const folder = results.settings.out;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'peers.json'), `${JSON.stringify(results, undefined, 2)}\n`);
  writeFileSync(join(folder, 'peers.md'), markdownReport(results));
  for (const workload of results.workloads) {
    const plot = plotOf(workload);
    if (plot !== undefined) writeFileSync(join(folder, `${workload.id}.svg`), plot);
  }
}
