import type { StopOptions } from '../listener/lifecycle.ts';
import type { ServicePlan } from './plan.ts';
import type { PlannedService } from './planned-service.ts';
import { joinErrors, startAll } from './start-all.ts';

/**
 * Turns the present services into those of a plan, in the plan's order.
 *
 * @returns the services that are there afterwards
 * @throws SluiceError where a new service cannot start; the present ones are as before then
 */
export async function applyPlan(
  present: readonly PlannedService[],
  plans: readonly ServicePlan[],
  build: (plan: ServicePlan) => PlannedService,
  isStarted: boolean,
  stop: StopOptions,
): Promise<readonly PlannedService[]> {
  const kept = new Map<ServicePlan, PlannedService>();
  for (const plan of plans) {
    const service = present.find(({ name }) => name === plan.name);
    if (service?.differsOnlyInServers(plan) === true) kept.set(plan, service);
  }
  const next = plans.map((plan) => kept.get(plan) ?? build(plan));
  const added = next.filter((service) => !present.includes(service));
  const removed = present.filter((service) => !next.includes(service));

  // The old ones let go of their ports before the new ones bind.
  await Promise.all(removed.map((service) => service.stop(stop)));
  try {
    if (isStarted) await startAll(added);
  } catch (error) {
    await startAll(removed).catch((also: unknown) => {
      throw joinErrors([error, also]);
    });
    throw error;
  }
  for (const [plan, service] of kept) service.updateServers(plan);
  return next;
}
