import { isBalancingPolicy, type ResolvedBalancingSpec } from '../../balancing/balancing-specs.ts';
import type { BalancingPolicy } from '../../balancing/balancing-policy.ts';
import { isClientFacts, kindOfFact, type ClientFact, type ClientFactKind } from '../../model/client.ts';
import { isPersistence } from '../../persistence/chain.ts';
import type { Persistence } from '../../persistence/persistence.ts';
import type { ResolvedPersistenceSpec } from '../../persistence/persistence-specs.ts';
import { modeNames, modeOf, modes } from '../modes.ts';
import type { Rule } from './rule.ts';

/** Persistence and balancing read of a client only what the mode of the service knows. */
export const clientFacts: Rule = {
  id: 'client-facts',
  severity: 'error',
  check({ services }, report) {
    for (const { service, at } of services) {
      const { mode, persistence, pool } = service.listeners[0];
      const { clientFacts: known } = modeOf(mode);
      const expectNone = (option: string, needed: readonly ClientFact[], actual: string): void => {
        const unknown = needed.filter((fact) => !knowsAll(known, [fact]));
        if (unknown.length === 0) return;
        const others = modeNames().filter((name) => knowsAll(modes[name].clientFacts, needed));
        const remedy =
          others.length === 0 ? '' : `, or mode ${others.map((name) => `'${name}'`).join(' or ')}`;
        const what = `only client facts that mode '${mode.name}' offers (not ${unknown.join(', ')})`;
        const expected = `${what}${remedy}`;
        report(at(option), expected, actual);
      };
      expectNone('persistence', factsOfPersistence(persistence), nameOf(persistence));
      const needs = needsOf(pool.balance);
      const wanted = "a policy with `needs` such as ['header:x-site']";
      if (needs === undefined)
        report(at('pool.balance'), wanted, `policy '${pool.balance.kind}' with other needs`);
      else expectNone('pool.balance', needs, `policy '${pool.balance.kind}'`);
    }
  },
};

function knowsAll(known: readonly ClientFactKind[], facts: readonly ClientFact[]): boolean {
  return facts.every((fact) => known.includes(kindOfFact(fact)));
}

function factsOfPersistence(persistence: ResolvedPersistenceSpec | Persistence): readonly ClientFact[] {
  if (isPersistence(persistence)) return persistence.strategies.flatMap(({ needs }) => needs);
  if (persistence.kind === 'chain') return persistence.of.flatMap(factsOfPersistence);
  return persistence.kind === 'httpCookie' ? [`cookie:${persistence.name}`] : [];
}

/** @returns undefined where they are no client facts */
function needsOf(balance: ResolvedBalancingSpec | BalancingPolicy): readonly ClientFact[] | undefined {
  const needs: unknown = isBalancingPolicy(balance) ? (balance.needs ?? []) : [];
  return isClientFacts(needs) ? needs : undefined;
}

function nameOf(persistence: ResolvedPersistenceSpec | Persistence): string {
  return isPersistence(persistence) ? persistence.name : `{ kind: '${persistence.kind}' }`;
}
