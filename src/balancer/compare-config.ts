import { describeChanges, type ConfigChange } from '../config/describe-changes.ts';
import {
  describeDifferences,
  type ConfigDifference,
  type IsByOrder,
} from '../config/describe-differences.ts';
import type { ResolvedConfig } from '../config/resolved-config.ts';
import type { Service } from '../service/service.ts';

/** What the process was started with. */
type Asked = Pick<ResolvedConfig, 'engine' | 'workers'>;

/** What `apply` would do with another configuration. Orders stand, so they are no part of it. */
export function plannedChanges(
  asked: Asked,
  services: readonly Service[],
  next: ResolvedConfig,
): readonly ConfigChange[] {
  const nextByName = byName(next.services);
  const present = services.map((service) => service.configBeside(nextByName.get(service.name)));
  return describeChanges({ ...asked, services: present }, next);
}

/** What runs otherwise than a configuration says, orders included. */
export function presentDifferences(
  asked: Asked,
  services: readonly Service[],
  said: ResolvedConfig,
): readonly ConfigDifference[] {
  const [saidByName, running] = [byName(said.services), byName(services)];
  const present = services.map((service) => service.presentBeside(saidByName.get(service.name)));
  const isByOrder: IsByOrder = (service, server, { option, to }) => {
    if (option !== 'adminState' && option !== 'weight') return false;
    const configured = running.get(service)?.configuredOrders(server);
    return configured !== undefined && configured[option] !== to;
  };
  return describeDifferences(said, { ...asked, services: present }, isByOrder);
}

/** Every order in force, in few words: to see whether one has changed. */
export function ordersInForce(services: readonly Service[]): string {
  const servers = services.flatMap(({ listeners }) => listeners.flatMap(({ pool }) => pool.servers));
  return servers.map(({ adminState, weight }) => `${adminState} ${weight}`).join();
}

function byName<T extends { readonly name: string }>(all: readonly T[]): ReadonlyMap<string, T> {
  return new Map(all.map((each) => [each.name, each]));
}
