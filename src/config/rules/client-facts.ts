import { isPersistence } from '../../persistence/chain.ts';
import type { Persistence } from '../../persistence/persistence.ts';
import type { ResolvedPersistenceSpec } from '../../persistence/persistence-specs.ts';
import { modeOf } from '../modes.ts';
import type { Rule } from './rule.ts';

/** A strategy reads of a client only what the mode of the service knows. */
export const clientFacts: Rule = {
  id: 'client-facts',
  severity: 'error',
  check({ services }, report) {
    for (const { service, at } of services) {
      const { mode, persistence } = service.listeners[0];
      if (modeOf(mode).knowsHttp || !needsHttp(persistence)) continue;
      const actual = isPersistence(persistence) ? persistence.name : `{ kind: '${persistence.kind}' }`;
      report(at('persistence'), "a strategy that works without HTTP, or mode 'http'", actual);
    }
  },
};

function needsHttp(persistence: ResolvedPersistenceSpec | Persistence): boolean {
  if (isPersistence(persistence)) return persistence.strategies.some(({ needs }) => needs === 'http');
  if (persistence.kind === 'chain') return persistence.of.some(needsHttp);
  return persistence.kind === 'httpCookie';
}
