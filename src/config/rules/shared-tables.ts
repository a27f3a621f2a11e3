import type { ResolvedSourceIpSpec } from '../../persistence/persistence-specs.ts';
import { isSourceIpSpec, linksIn } from '../links.ts';
import type { StrictRule } from '../rule.ts';
import { haveSameSettings } from '../shared-tables.ts';

/** All uses of a table state the same settings. */
export const sharedTables: StrictRule = {
  id: 'shared-tables',
  severity: 'error',
  why:
    'Services that state the same `table` share one, and a table has one time to live, one size and one kind of key. ' +
    'With two statements of them, one would be ignored.',
  check({ services }, report) {
    const firsts = new Map<string, ResolvedSourceIpSpec>();
    for (const { service, at } of services) {
      for (const { link, path } of linksIn(service.listeners[0].persistence, at('persistence'))) {
        if (!isSourceIpSpec(link) || link.table === undefined) continue;
        const first = firsts.get(link.table);
        if (first === undefined) firsts.set(link.table, link);
        else if (!haveSameSettings(first, link)) {
          const actual = `${JSON.stringify(link.table)} (string)`;
          report({
            path: `${path}.table`,
            services: [service.name],
            expected: sameSettingsAs(first),
            actual,
          });
        }
      }
    }
  },
};

function sameSettingsAs({ table = '', ttlMs, maxEntries, prefixV4, prefixV6 }: ResolvedSourceIpSpec): string {
  const which = `the settings of the first use of table '${table}'`;
  return `${which}: ttlMs ${ttlMs}, maxEntries ${maxEntries}, prefixV4 ${prefixV4}, prefixV6 ${prefixV6}`;
}
