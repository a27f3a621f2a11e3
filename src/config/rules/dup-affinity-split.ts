import type { Edit } from '../../base/edit.ts';
import { groupBy } from '../../base/group-by.ts';
import { listed } from '../../base/wording.ts';
import { hostKey } from '../../model/host.ts';
import type { ResolvedSourceIpSpec } from '../../persistence/persistence-specs.ts';
import type { ResolvedPoolSpec } from '../../pool/pool-options.ts';
import { isSourceIpSpec, linksIn } from '../links.ts';
import type { SmellRule, PlacedService } from '../rule.ts';
import { haveSameSettings } from '../shared-tables.ts';

/** Services over the same servers remember their clients together. */
export const dupAffinitySplit: SmellRule = {
  id: 'dup-affinity-split',
  severity: 'advice',
  why:
    'A table without a name belongs to one service. A modality that stores by one service and asks by another may then have ' +
    'a server for each, and does not find what it stored. Services that state the same `table` share one. State different ' +
    'names where they are apart on purpose.',
  check({ services }, report) {
    const uses = services.flatMap(tablesIn);
    const named = new Set(uses.flatMap(({ spec }) => spec.table ?? []));
    if (uses.every(({ spec }) => spec.table !== undefined)) return;
    for (const group of groupBy(uses.filter(isSplitting), ({ pool }) => serversOf(pool)).values()) {
      const unnamed = group.filter(({ spec }) => spec.table === undefined);
      const [first] = unnamed;
      const names = [...new Set([...unnamed, ...group].map(({ service }) => service))];
      if (first === undefined || names.length < 2) continue;
      report({
        path: first.path,
        services: names,
        message:
          `${listed(names)} have the same servers, and tables of their own: a client may have another server in each. Let them ` +
          'share one by the same `table`, or give each a name if that is meant.',
        mend: sharing(group, unnamed, freeName(first.service, named)),
      });
    }
  },
};

interface TableUse {
  readonly service: string;
  readonly spec: ResolvedSourceIpSpec;
  readonly path: string;
  readonly pool: ResolvedPoolSpec;
}

function tablesIn({ service, at }: PlacedService): readonly TableUse[] {
  const { pool, persistence } = service.listeners[0];
  return linksIn(persistence, at('persistence')).flatMap(({ link, path }) =>
    isSourceIpSpec(link) ? [{ service: service.name, spec: link, path, pool }] : [],
  );
}

/** A single host is everybody's server, and rendezvous gives a client the same one in every service. */
function isSplitting({ pool: { servers, balance } }: TableUse): boolean {
  return new Set(servers.map(({ host }) => hostKey(host))).size > 1 && balance.kind !== 'rendezvous';
}

/** One text for the same servers under the same names. */
function serversOf({ servers }: ResolvedPoolSpec): string {
  return servers
    .map(({ name, host }) => `${name} ${hostKey(host)}`)
    .sort()
    .join();
}

/** One table for all. Where settings differ, or there are two tables already, people must decide. */
function sharing(group: readonly TableUse[], unnamed: readonly TableUse[], newName: string): readonly Edit[] {
  const tables = new Set(group.flatMap(({ spec }) => spec.table ?? []));
  const areAlike = group.every(
    ({ spec }, _, [first]) => first !== undefined && haveSameSettings(first.spec, spec),
  );
  if (tables.size > 1 || !areAlike) return [];
  const [name = newName] = tables;
  return unnamed.map(({ path }) => ({ path: `${path}.table`, value: name }));
}

function freeName(service: string, taken: ReadonlySet<string>): string {
  let name = service;
  for (let more = 2; taken.has(name); more++) name = `${service}-${more}`;
  return name;
}
