import { kindOfFact, type ClientFactKind } from '../model/client.ts';
import type { DecisionReason } from '../model/decision.ts';
import type { Persistence, PersistenceStrategy } from '../persistence/persistence.ts';
import type { PathContext } from './path-context.ts';

/** What kind of fact a client was known by where a pick has this reason; undefined where none was asked for. Hot path. */
export function keyKindOf(
  { persistence, pool }: PathContext,
  pick: DecisionReason,
): ClientFactKind | undefined {
  const isBalanced = pick === 'balance' || pick === 'redispatch';
  const decided = isBalanced ? pool.options.balance : strategyOf(persistence, pick);
  const fact = decided?.needs?.[0];
  return fact === undefined ? undefined : kindOfFact(fact);
}

function strategyOf({ strategies }: Persistence, pick: DecisionReason): PersistenceStrategy | undefined {
  for (const strategy of strategies) if (strategy.reason === pick) return strategy;
  return undefined;
}
