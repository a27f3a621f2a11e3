import { groupBy } from '../../base/group-by.ts';
import { hostKey } from '../../model/host.ts';
import type { SmellRule, PlacedService } from '../rule.ts';

/** A host has one name in all services. */
export const dupLabel: SmellRule = {
  id: 'dup-label',
  severity: 'advice',
  why:
    'Orders for all services, shared tables and cookies go by the name of a server. Where one host has two names, to drain ' +
    'it under one leaves it in use under the other, and a client that is remembered by one name is a stranger under the ' +
    'other.',
  check({ services }, report) {
    const known = new Map<string, Label>();
    for (const place of services) {
      for (const label of labelsOf(place)) {
        const first = known.get(label.key);
        if (first === undefined) known.set(label.key, label);
        else if (first.name !== label.name) {
          report({
            path: label.path,
            services: [label.service, first.service],
            servers: [label.name, first.name],
            message:
              `${label.host} is ${first.name} in ${first.service} and ${label.name} in ${label.service}. Use one name, so that ` +
              'orders and shared tables mean the same server.',
          });
        }
      }
    }
  },
};

interface Label {
  readonly key: string;
  readonly host: string;
  readonly name: string;
  readonly service: string;
  readonly path: string;
}

/** The names of hosts. One with several servers in a pool has a name for each, and one that is alone is never drained. */
function labelsOf({ service, at }: PlacedService): readonly Label[] {
  const { servers } = service.listeners[0].pool;
  if (servers.length < 2) return [];
  const labels = servers.map(({ name, host }, index) => {
    return { key: hostKey(host), host, name, service: service.name, path: at(`servers[${index}].name`) };
  });
  const byHost = groupBy(labels, ({ key }) => key);
  return labels.filter(({ key }) => byHost.get(key)?.length === 1);
}
