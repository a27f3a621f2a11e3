import { isSamePlain } from '../base/plain-data.ts';
import type { ResolvedConfig, ResolvedListenerConfig, ResolvedServiceConfig } from './resolved-config.ts';

/**
 * What becomes of a service when another configuration takes the place of the present one:
 *
 * - `kept`: nothing
 * - `servers`: other servers, or other options of them; sessions go on
 * - `replaced`: anything else
 */
export type ServiceChange =
  | { readonly kind: 'kept' | 'servers' | 'replaced' | 'added'; readonly next: ResolvedServiceConfig }
  | { readonly kind: 'removed'; readonly name: string };

/** What turns one configuration into another: the services of the next in its order, and then those that go. Pure. */
export function diffConfig(
  present: Pick<ResolvedConfig, 'services'>,
  next: Pick<ResolvedConfig, 'services'>,
): readonly ServiceChange[] {
  const before = new Map(present.services.map((service) => [service.name, service]));
  const changes = next.services.map((service): ServiceChange => {
    const previous = before.get(service.name);
    before.delete(service.name);
    return { kind: previous === undefined ? 'added' : kindOf(previous, service), next: service };
  });
  return [...changes, ...[...before.keys()].map((name) => ({ kind: 'removed', name }) as const)];
}

function kindOf(
  previous: ResolvedServiceConfig,
  next: ResolvedServiceConfig,
): 'kept' | 'servers' | 'replaced' {
  if (isSamePlain(previous, next)) return 'kept';
  return isSamePlain(withoutServers(previous), withoutServers(next)) ? 'servers' : 'replaced';
}

function withoutServers(service: ResolvedServiceConfig): unknown {
  const strip = (listener: ResolvedListenerConfig): unknown => {
    return { ...listener, pool: { ...listener.pool, servers: [] } };
  };
  return { ...service, listeners: service.listeners.map(strip) };
}
