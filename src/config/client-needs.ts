import { kindOfFact, type ClientFact, type ClientFactKind } from '../model/client.ts';
import { modeNames, modeOf, modes, type ResolvedMode } from './modes.ts';

/** What a mode does not know of a client, of the facts that somebody needs. */
export function unknownFacts(mode: ResolvedMode, needed: readonly ClientFact[]): readonly ClientFact[] {
  const { clientFacts } = modeOf(mode);
  return needed.filter((fact) => !knowsAll(clientFacts, [fact]));
}

/** What would be right where a mode does not know what is needed. */
export function expectedWithout(
  mode: ResolvedMode,
  needed: readonly ClientFact[],
  unknown: readonly ClientFact[],
): string {
  const others = modeNames().filter((name) => knowsAll(modes[name].clientFacts, needed));
  const remedy = others.length === 0 ? '' : `, or mode ${others.map((name) => `'${name}'`).join(' or ')}`;
  return `only client facts that mode '${mode.name}' offers (not ${unknown.join(', ')})${remedy}`;
}

function knowsAll(known: readonly ClientFactKind[], facts: readonly ClientFact[]): boolean {
  return facts.every((fact) => known.includes(kindOfFact(fact)));
}
