import type { Edit } from '../../base/edit.ts';
import type { ClientFact } from '../../model/client.ts';
import { isPersistence } from '../../persistence/chain.ts';
import type { Persistence } from '../../persistence/persistence.ts';
import type { ResolvedPersistenceSpec } from '../../persistence/persistence-specs.ts';
import { expectedWithout, unknownFacts } from '../client-needs.ts';
import type { ResolvedMode } from '../modes.ts';
import type { StrictRule } from '../rule.ts';

type AnyPersistence = ResolvedPersistenceSpec | Persistence;

/** Persistence reads of a client only what the mode of the service knows. */
export const persistMode: StrictRule = {
  id: 'persist-mode',
  severity: 'error',
  why:
    "A mode knows only so much of a client: 'tcp' and 'udp' know its address, 'http' also the request with its cookies. " +
    'Persistence that needs more can never be read, so every connection is balanced anew. This is what becomes of a ' +
    'duplicate of the web service whose mode was changed, and whose persistence was not.',
  check({ services }, report) {
    for (const { service, at } of services) {
      const { mode, persistence } = service.listeners[0];
      const needed = factsOfPersistence(persistence);
      const unknown = unknownFacts(mode, needed);
      if (unknown.length === 0) continue;
      report({
        path: at('persistence'),
        services: [service.name],
        expected: expectedWithout(mode, needed, unknown),
        actual: nameOf(persistence),
        mend: withoutUnknown(mode, persistence, at('persistence')),
      });
    }
  },
};

function factsOfPersistence(persistence: AnyPersistence): readonly ClientFact[] {
  if (isPersistence(persistence)) return persistence.strategies.flatMap(({ needs }) => needs);
  if (persistence.kind === 'chain') return persistence.of.flatMap(factsOfPersistence);
  return persistence.kind === 'httpCookie' ? [`cookie:${persistence.name}`] : [];
}

/** Takes the links away that cannot be read; where none is left, clients are known by their address. */
function withoutUnknown(mode: ResolvedMode, persistence: AnyPersistence, path: string): readonly Edit[] {
  const links = !isPersistence(persistence) && persistence.kind === 'chain' ? persistence.of : [persistence];
  const unread = links.flatMap((link, index) =>
    unknownFacts(mode, factsOfPersistence(link)).length > 0 ? [index] : [],
  );
  if (unread.length === links.length) return [{ path, value: { kind: 'sourceIp' } }];
  // From the last one, so that those before it stay where they are.
  return unread.reverse().map((index) => ({ path: `${path}.of[${index}]`, remove: true }));
}

function nameOf(persistence: AnyPersistence): string {
  return isPersistence(persistence) ? persistence.name : `{ kind: '${persistence.kind}' }`;
}
