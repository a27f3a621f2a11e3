import type { StrictRule } from '../rule.ts';

/** No two services share a name. */
export const uniqueNames: StrictRule = {
  id: 'unique-names',
  severity: 'error',
  why: 'Orders, events and the overview know a service by its name, and a change of configuration finds it again by it.',
  check({ services }, report) {
    const names = new Set<string>();
    for (const { service, at } of services) {
      const { name } = service;
      if (name && names.has(name)) {
        report({
          path: at('name'),
          services: [name],
          expected: 'a name used once',
          actual: `'${name}' again`,
        });
      }
      names.add(name);
    }
  },
};
