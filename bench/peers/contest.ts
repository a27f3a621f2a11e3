import { Entrant } from './entrant.ts';
import { subjects } from './launch/catalogue.ts';
import { quickSubjects } from './report/targets.ts';
import type { WorkloadResults } from './results.ts';
import type { Settings } from './settings.ts';
import type { Site } from './site.ts';
import type { Workload } from './workloads/workload.ts';

/**
 * Measures the subjects of one workload. They run side by side, each idle while another is measured; every round
 * measures each once. After some rounds all are started anew: what V8 compiles, and where memory lies, makes one
 * process of the same program cheaper than another.
 */
export async function runWorkload(
  workload: Workload,
  site: Site,
  settings: Settings,
): Promise<WorkloadResults> {
  const { id, title, costUnit, rateUnit, sizeUnit } = workload;
  const wanted = settings.subjects ?? (settings.isQuick ? quickSubjects(id) : workload.subjects);
  const entrants = subjects
    .filter(({ name }) => workload.subjects.includes(name) && wanted.includes(name))
    .map((subject) => new Entrant(workload, subject, site, settings.isQuick));
  console.log(`\n== ${title} (${id})`);
  try {
    const { starts, rounds, milliseconds } = planOf(workload, settings);
    for (let round = 0; round < starts * rounds; round++) {
      if (round % rounds === 0) await startAnew(entrants);
      const costs = await runRound(inOrderOf(round, entrants), milliseconds);
      console.log(`   round ${round + 1} of ${starts * rounds}, ${costUnit}: ${costs.join(', ')}`);
    }
  } finally {
    await Promise.all(entrants.map((entrant) => entrant.stop()));
  }
  return { id, title, costUnit, rateUnit, sizeUnit, rows: entrants.map(({ results }) => results) };
}

type Plan = Pick<Settings, 'starts' | 'rounds' | 'milliseconds'>;

/** How often all subjects start, the rounds after each start, and how long one measurement is. */
function planOf({ samples, isLong = false }: Workload, settings: Settings): Plan {
  const { isQuick, starts, rounds, milliseconds } = settings;
  if (samples !== undefined)
    return {
      starts: 1,
      rounds: Math.min(starts * rounds, samples[isQuick ? 'quick' : 'full']),
      milliseconds,
    };
  if (!isLong) return { starts, rounds, milliseconds };
  return { starts: starts * 2, rounds: Math.ceil(rounds * 0.4), milliseconds: milliseconds * 3 };
}

async function startAnew(entrants: readonly Entrant[]): Promise<void> {
  await Promise.all(entrants.map((entrant) => entrant.start()));
  for (const entrant of entrants) await entrant.prove();
}

/** @returns what each cost, for the console */
async function runRound(entrants: readonly Entrant[], milliseconds: number): Promise<readonly string[]> {
  const costs: string[] = [];
  for (const entrant of entrants) {
    const sample = await entrant.measure(milliseconds);
    if (sample !== undefined) costs.push(`${entrant.name} ${sample.cost.toPrecision(3)}`);
  }
  return costs;
}

/** Each round begins with another subject, and every second one goes backwards: none always follows the same one. */
function inOrderOf(round: number, entrants: readonly Entrant[]): readonly Entrant[] {
  const isBackwards = round % 2 === 1;
  const start = (isBackwards ? round + 1 : round) % Math.max(1, entrants.length);
  const rotated = [...entrants.slice(start), ...entrants.slice(0, start)];
  return isBackwards ? rotated.reverse() : rotated;
}
