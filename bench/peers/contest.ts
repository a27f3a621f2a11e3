import { Entrant } from './entrant.ts';
import { subjects } from './launch/catalogue.ts';
import { judgedSubjects } from './report/targets.ts';
import type { WorkloadResults } from './results.ts';
import type { Settings } from './settings.ts';
import type { Site } from './site.ts';
import type { Workload } from './workloads/workload.ts';

/**
 * Measures all subjects of one workload. They run side by side, each idle while another is measured; every round
 * measures each once, and each round begins with another, so that no subject always follows the same one.
 */
export async function runWorkload(
  workload: Workload,
  site: Site,
  settings: Settings,
): Promise<WorkloadResults> {
  const { id, title, costUnit, rateUnit, sizeUnit } = workload;
  const entrants = subjects
    .filter(({ name }) => workload.subjects.includes(name) && settings.subjects.includes(name))
    .map((subject) => new Entrant(workload, subject, site, settings.isQuick));
  console.log(`\n== ${title} (${id})`);
  try {
    await Promise.all(entrants.map((entrant) => entrant.start()));
    for (const entrant of entrants) await entrant.prove(warmUpMsOf(entrant));
    const rounds = roundsOf(workload, settings);
    for (let round = 0; round < rounds; round++) {
      const which = settings.isQuick && round < rounds - 1 ? 'judged' : 'all';
      const costs = await runRound(rotated(entrants, round), which, settings.milliseconds);
      console.log(`   round ${round + 1} of ${rounds}, ${costUnit}: ${costs.join(', ')}`);
    }
  } finally {
    await Promise.all(entrants.map((entrant) => entrant.leave()));
  }
  return { id, title, costUnit, rateUnit, sizeUnit, rows: entrants.map(({ results }) => results) };
}

/** Those that a `--quick` run measures once have no earlier round to get warm in. */
function warmUpMsOf({ name }: Entrant): number {
  return judgedSubjects.has(name) ? 600 : 1_200;
}

function roundsOf({ quickRounds }: Workload, { isQuick, rounds }: Settings): number {
  return isQuick ? Math.min(rounds, quickRounds ?? Infinity) : rounds;
}

/** @returns what each cost, for the console */
async function runRound(
  entrants: readonly Entrant[],
  which: 'all' | 'judged',
  milliseconds: number,
): Promise<readonly string[]> {
  const costs: string[] = [];
  for (const entrant of entrants) {
    if (which === 'judged' && !judgedSubjects.has(entrant.name)) {
      entrant.skip();
      continue;
    }
    const sample = await entrant.measure(milliseconds);
    if (sample !== undefined) costs.push(`${entrant.name} ${sample.cost.toPrecision(3)}`);
  }
  return costs;
}

function rotated<Item>(items: readonly Item[], by: number): readonly Item[] {
  const start = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}
