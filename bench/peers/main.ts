/** Sluice beside what a user would pick instead: `npm run bench:peers -- --help`. */
import { runWorkload } from './contest.ts';
import { sluiceBuild } from './launch/sluice.ts';
import { machineFacts } from './machine.ts';
import { stayOnOneCore } from './one-core.ts';
import { judge } from './report/targets.ts';
import { formatVerdicts } from './report/verdict-table.ts';
import { writeReport } from './report/write-report.ts';
import type { WorkloadResults } from './results.ts';
import { readSettings } from './settings.ts';
import { Site } from './site.ts';
import { workloads } from './workloads/catalogue.ts';

const settings = readSettings(process.argv.slice(2));
const machine = machineFacts();
const build = sluiceBuild().about;
console.log(
  `${machine.cores} cores, Linux ${machine.kernel}, Node ${machine.node}, load ${machine.load.join(' ')}`,
);
console.log(`sluice runs ${build}`);

// Ends what was started, each by its own exit handler.
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));

stayOnOneCore();
const startMs = performance.now();
const site = await Site.open();
const measured: WorkloadResults[] = [];
try {
  for (const workload of workloads) {
    if (settings.workloads.includes(workload.id)) measured.push(await runWorkload(workload, site, settings));
  }
} finally {
  await site.close();
}
const minutes = Math.round((performance.now() - startMs) / 6_000) / 10;
const results = { machine, settings, build, minutes, workloads: measured };
writeReport(results);
console.log(`\n${formatVerdicts(judge(results))}\n`);
console.log(`${minutes} minutes; the report is in ${settings.out}/peers.md`);
