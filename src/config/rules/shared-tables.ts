import { isPersistence } from '../../persistence/chain.ts';
import type { Persistence } from '../../persistence/persistence.ts';
import type { ResolvedPersistenceSpec, ResolvedSourceIpSpec } from '../../persistence/persistence-specs.ts';
import type { Rule } from './rule.ts';

const settings = ['ttlMs', 'maxEntries', 'seed', 'prefixV4', 'prefixV6'] as const;

/** All uses of a table state the same settings. */
export const sharedTables: Rule = {
  id: 'shared-tables',
  severity: 'error',
  check({ services }, report) {
    const firsts = new Map<string, ResolvedSourceIpSpec>();
    for (const { service, at } of services) {
      const uses = usesIn(service.listeners[0].persistence, at('persistence'));
      for (const { spec, path, table } of uses) {
        const first = firsts.get(table);
        if (first === undefined) firsts.set(table, spec);
        else if (!settings.every((key) => first[key] === spec[key])) {
          report(`${path}.table`, sameSettingsAs(first, table), `${JSON.stringify(table)} (string)`);
        }
      }
    }
  },
};

interface TableUse {
  readonly spec: ResolvedSourceIpSpec;
  readonly path: string;
  readonly table: string;
}

function usesIn(persistence: ResolvedPersistenceSpec | Persistence, path: string): readonly TableUse[] {
  if (isPersistence(persistence)) return [];
  if (persistence.kind === 'chain') {
    return persistence.of.flatMap((link, index) => usesIn(link, `${path}.of[${index}]`));
  }
  if (persistence.kind !== 'sourceIp' || persistence.table === undefined) return [];
  return [{ spec: persistence, path, table: persistence.table }];
}

function sameSettingsAs(first: ResolvedSourceIpSpec, table: string): string {
  const { ttlMs, maxEntries, prefixV4, prefixV6 } = first;
  const which = `the settings of the first use of table '${table}'`;
  return `${which}: ttlMs ${ttlMs}, maxEntries ${maxEntries}, prefixV4 ${prefixV4}, prefixV6 ${prefixV6}`;
}
