import { isPersistence } from '../persistence/chain.ts';
import type { Persistence } from '../persistence/persistence.ts';
import type { ResolvedPersistenceSpec, ResolvedSourceIpSpec } from '../persistence/persistence-specs.ts';
import type { ResolvedServiceConfig } from './resolved-config.ts';

const settings = ['ttlMs', 'maxEntries', 'seed', 'prefixV4', 'prefixV6'] as const;

/**
 * The same service with a name for each table, so that another one can share it.
 *
 * @param nextName a name that no table has; called once for each that has none, in the order of the spec
 */
export function withNamedTables(
  service: ResolvedServiceConfig,
  nextName: () => string,
): ResolvedServiceConfig {
  return withPersistence(service, named(service.listeners[0].persistence, nextName));
}

/** The same service with another persistence. */
export function withPersistence(
  service: ResolvedServiceConfig,
  persistence: ResolvedPersistenceSpec | Persistence,
): ResolvedServiceConfig {
  const [first, ...more] = service.listeners;
  const listeners = [
    { ...first, persistence },
    ...more.map((listener) => ({ ...listener, persistence })),
  ] as const;
  return Object.freeze({ ...service, listeners });
}

/** Can two uses share a table? */
export function haveSameSettings(one: ResolvedSourceIpSpec, other: ResolvedSourceIpSpec): boolean {
  return settings.every((key) => one[key] === other[key]);
}

function named(
  spec: ResolvedPersistenceSpec | Persistence,
  nextName: () => string,
): ResolvedPersistenceSpec | Persistence {
  if (isPersistence(spec)) return spec;
  if (spec.kind === 'chain') return { ...spec, of: spec.of.map((link) => named(link, nextName)) };
  return spec.kind === 'sourceIp' && spec.table === undefined ? { ...spec, table: nextName() } : spec;
}
