import fc from 'fast-check';
import { describePlan } from './describe-plan.ts';
import { exchangesIn, plans, type Plan } from './plan.ts';
import { play } from './play.ts';
import type { Stage } from './stage.ts';

export interface RehearseOptions {
  readonly seed: number;
  /** Ends once so many exchanges were played. */
  readonly exchanges: number;
  /** Ends, and stops looking for a smaller plan, after this time. */
  readonly limitMs: number;
  readonly onProgress?: (exchanges: number) => void;
}

export interface Rehearsal {
  readonly exchanges: number;
  /** The smallest plan that fails, with what repeats it; undefined where nothing differs. */
  readonly failure: string | undefined;
}

/** Plans of one call of fast-check: it makes all of them from one seed, and tells where among them one fails. */
const plansPerBatch = 100;

/**
 * Plays random plans on a stage until one fails or there were enough. A failing plan is shrunk.
 *
 * @param openStage makes a new stage for a plan, or gives one that serves for many
 */
export async function rehearse(
  openStage: (plan: Plan) => Stage,
  { seed, exchanges, limitMs, onProgress }: RehearseOptions,
): Promise<Rehearsal> {
  const endMs = performance.now() + limitMs;
  let played = 0;
  let isShrinking = false;
  const property = fc.asyncProperty(plans, async (plan) => {
    if (!isShrinking && (played >= exchanges || performance.now() >= endMs)) return;
    const stage = openStage(plan);
    const differences = await play(plan, stage);
    await stage.close();
    if (!isShrinking) {
      played += exchangesIn(plan);
      onProgress?.(played);
    }
    if (differences.length === 0) return;
    isShrinking = true;
    throw new Error(differences.slice(0, 5).join('\n'));
  });
  for (let batch = 0; played < exchanges && performance.now() < endMs; batch++) {
    const parameters = { seed: seed + batch, numRuns: plansPerBatch, interruptAfterTimeLimit: limitMs };
    const { failed, counterexample, errorInstance, counterexamplePath } = await fc.check(
      property,
      parameters,
    );
    if (!failed || counterexample === null) continue;
    const reason = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
    const repeat = `seed ${parameters.seed}, path ${counterexamplePath}`;
    return { exchanges: played, failure: `${reason}\n${repeat}\n${describePlan(counterexample[0])}` };
  }
  return { exchanges: played, failure: undefined };
}
