import type { BalancingPolicy } from '../../balancing/balancing-policy.ts';
import { isBalancingPolicy, type ResolvedBalancingSpec } from '../../balancing/balancing-specs.ts';
import { isClientFacts, type ClientFact } from '../../model/client.ts';
import { expectedWithout, unknownFacts } from '../client-needs.ts';
import type { StrictRule } from '../rule.ts';

/** Balancing reads of a client only what the mode of the service knows. */
export const balanceMode: StrictRule = {
  id: 'balance-mode',
  severity: 'error',
  why:
    'A policy says in `needs` what it reads of a client beside its address. In a mode that does not know that, it would ' +
    'read nothing, and pick as if all clients were one.',
  check({ services }, report) {
    for (const { service, at } of services) {
      const { mode, pool } = service.listeners[0];
      const refuse = (expected: string, actual: string): void =>
        report({ path: at('balance'), services: [service.name], expected, actual });
      const policy = `policy '${pool.balance.kind}'`;
      const needed = needsOf(pool.balance);
      if (needed === undefined) {
        refuse("a policy whose `needs` are such as ['header:x-site']", `${policy} with others`);
        continue;
      }
      const unknown = unknownFacts(mode, needed);
      if (unknown.length > 0) refuse(expectedWithout(mode, needed, unknown), policy);
    }
  },
};

/** @returns undefined where they are no client facts */
function needsOf(balance: ResolvedBalancingSpec | BalancingPolicy): readonly ClientFact[] | undefined {
  const needs: unknown = isBalancingPolicy(balance) ? (balance.needs ?? []) : [];
  return isClientFacts(needs) ? needs : undefined;
}
