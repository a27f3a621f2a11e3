import { isPersistence } from '../persistence/chain.ts';
import type { Persistence } from '../persistence/persistence.ts';
import type { ResolvedPersistenceSpec, ResolvedSourceIpSpec } from '../persistence/persistence-specs.ts';

/** A link of a persistence that remembers something: a spec, or a live one. */
export type Link = Exclude<ResolvedPersistenceSpec, { readonly kind: 'chain' | 'none' }> | Persistence;

/** A link, and where it stands. */
export interface PlacedLink {
  readonly link: Link;
  readonly path: string;
}

/** The links of a persistence in order of precedence, those of chains in chains as well. */
export function linksIn(
  persistence: ResolvedPersistenceSpec | Persistence,
  path: string,
): readonly PlacedLink[] {
  if (isPersistence(persistence)) return [{ link: persistence, path }];
  if (persistence.kind === 'chain') {
    return persistence.of.flatMap((link, index) => linksIn(link, `${path}.of[${index}]`));
  }
  return persistence.kind === 'none' ? [] : [{ link: persistence, path }];
}

export function isSourceIpSpec(link: Link): link is ResolvedSourceIpSpec {
  return !isPersistence(link) && link.kind === 'sourceIp';
}
