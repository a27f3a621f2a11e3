import type { StopOptions } from '../listener/lifecycle.ts';
import type { ServicePlan } from './plan.ts';
import type { PlannedService } from './planned-service.ts';
import { joinErrors, startAll } from './start-all.ts';

/** What became of a plan. */
export interface Applied {
  /** The services that are there now, in the plan's order. */
  readonly services: readonly PlannedService[];
  /** Those that they replaced, or that are gone: told to stop, with sessions that may still go on. */
  readonly retiring: readonly PlannedService[];
}

/**
 * Turns the present services into those of a plan. Resolves as soon as the new ones serve.
 *
 * @throws SluiceError where a new service cannot start; the present ones are as before then
 */
export async function applyPlan(
  present: readonly PlannedService[],
  plans: readonly ServicePlan[],
  build: (plan: ServicePlan) => PlannedService,
  isStarted: boolean,
  stop: StopOptions,
): Promise<Applied> {
  const kept = new Map<ServicePlan, PlannedService>();
  for (const plan of plans) {
    const service = present.find(({ name }) => name === plan.name);
    if (service?.differsOnlyInServers(plan) === true) kept.set(plan, service);
  }
  const services = plans.map((plan) => kept.get(plan) ?? build(plan));
  const added = services.filter((service) => !present.includes(service));
  const retiring = present.filter((service) => !services.includes(service));

  // The old ones let go of their ports before the new ones bind; their sessions end in their own time.
  const stopped = Promise.all(retiring.map((service) => service.retire(stop)));
  await Promise.all(retiring.map((service) => service.released));
  try {
    if (isStarted) await startAll(added);
  } catch (error) {
    await stopped;
    await startAll(retiring).catch((also: unknown) => {
      throw joinErrors([error, also]);
    });
    throw error;
  }
  for (const [plan, service] of kept) service.updateServers(plan);
  return { services, retiring };
}
