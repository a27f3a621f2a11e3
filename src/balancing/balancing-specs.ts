import type { OptionProblem } from '../base/errors.ts';
import { describe, OptionReader } from '../base/options.ts';
import { readAddressPrefix } from '../model/address-prefix.ts';
import type { BalancingPolicy } from './balancing-policy.ts';
import { firstAvailable } from './first-available.ts';
import { leastConnections } from './least-connections.ts';
import { rendezvousBy, type RendezvousOptions } from './rendezvous.ts';
import { roundRobin } from './round-robin.ts';
import { twoChoices } from './two-choices.ts';

/** A balancing policy as plain data, for configurations. */
export type BalancingSpec =
  | { readonly kind: 'roundRobin' | 'leastConnections' | 'twoChoices' | 'firstAvailable' }
  | ({ readonly kind: 'rendezvous' } & RendezvousOptions);

const kinds = ['roundRobin', 'leastConnections', 'twoChoices', 'rendezvous', 'firstAvailable'] as const;

/**
 * The policy that a spec describes, or the value itself where it is a policy already; without a value, round
 * robin.
 *
 * @param path where the value stands, for problems: `services[0].balance`
 * @param problems gets what is wrong; the policy returned then is only a stand-in
 */
export function balancingFrom(value: unknown, path: string, problems: OptionProblem[]): BalancingPolicy {
  if (value === undefined) return roundRobin();
  if (isBalancingPolicy(value)) return value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const expected = "a balancing spec such as { kind: 'leastConnections' }, or a policy with kind and build";
    problems.push({ path, expected, actual: describe(value) });
    return roundRobin();
  }
  const reader = new OptionReader(path, value, problems);
  const policy = policyOf(reader.oneOf('kind', kinds), reader);
  reader.refuseUnknownKeys();
  return policy;
}

function policyOf(kind: (typeof kinds)[number] | undefined, reader: OptionReader): BalancingPolicy {
  switch (kind) {
    case 'leastConnections':
      return leastConnections();
    case 'twoChoices':
      return twoChoices();
    case 'rendezvous':
      return rendezvousBy(readAddressPrefix(reader));
    case 'firstAvailable':
      return firstAvailable();
    default:
      return roundRobin();
  }
}

function isBalancingPolicy(value: unknown): value is BalancingPolicy {
  const candidate = value as Partial<BalancingPolicy> | null;
  return (
    typeof value === 'object' && typeof candidate?.kind === 'string' && typeof candidate.build === 'function'
  );
}
