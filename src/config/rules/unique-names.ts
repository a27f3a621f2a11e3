import type { Rule } from './rule.ts';

/** No two services share a name. */
export const uniqueNames: Rule = {
  id: 'unique-names',
  severity: 'error',
  check({ services }, report) {
    const names = new Set<string>();
    for (const { service, at } of services) {
      const { name } = service;
      if (name && names.has(name)) report(at('name'), 'a name used once', `'${name}' again`);
      names.add(name);
    }
  },
};
