import { readGraceMs, type StopOptions } from '../listener/lifecycle.ts';
import type { ServicePlan } from '../config/plan.ts';
import type { Service } from '../service/service.ts';
import { startInPlaceOf } from './succession.ts';

/** What became of a plan. */
export interface Applied {
  /** The services that are there now, in the plan's order. */
  readonly services: readonly Service[];
  /** Those that they replaced, or that are gone: told to stop, with sessions that may still go on. */
  readonly retiring: readonly Service[];
  /** Resolves when their sessions have ended, and all threads go by the plan. */
  readonly ended: Promise<unknown>;
}

/**
 * Turns the present services into those of a plan. Resolves as soon as the new ones serve.
 *
 * @throws OptionsError for a grace time out of range
 * @throws SluiceError where a new service cannot start; the present ones serve as before then
 */
export async function applyPlan(
  present: readonly Service[],
  plans: readonly ServicePlan[],
  build: (plan: ServicePlan) => Service,
  isStarted: boolean,
  stop: StopOptions,
): Promise<Applied> {
  readGraceMs(stop);
  const kept = new Map<ServicePlan, Service>();
  const successors = new Map<Service, Service>();
  const services = plans.map((plan) => {
    const service = present.find(({ name }) => name === plan.name);
    if (service?.differsOnlyInServers(plan) === true) {
      kept.set(plan, service);
      return service;
    }
    const built = build(plan);
    if (service !== undefined) successors.set(built, service);
    return built;
  });
  const added = services.filter((service) => !present.includes(service));
  const retiring = present.filter((service) => !services.includes(service));

  for (const [successor, service] of successors) successor.inherit(service);
  if (isStarted) await startInPlaceOf(partsOf(retiring), partsOf(added));
  const updated = [...kept].map(([plan, service]) => service.updateServers(plan));
  const retired = retiring.map((service) => service.retire(stop));
  return { services, retiring, ended: Promise.all([...updated, ...retired]) };
}

function partsOf(services: readonly Service[]): Service['parts'] {
  return services.flatMap(({ parts }) => parts);
}
