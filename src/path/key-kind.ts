import { kindOfFact, type ClientFactKind } from '../model/client.ts';
import type { DecisionReason } from '../model/decision.ts';
import type { PathContext } from './path-context.ts';

/** What kind of fact a client was known by where a pick has this reason; undefined where none was asked for. */
export function keyKindOf(
  { persistence, pool }: PathContext,
  pick: DecisionReason,
): ClientFactKind | undefined {
  const isBalanced = pick === 'balance' || pick === 'redispatch';
  const decided = isBalanced
    ? pool.options.balance
    : persistence.strategies.find(({ reason }) => reason === pick);
  const fact = decided?.needs?.[0];
  return fact === undefined ? undefined : kindOfFact(fact);
}
