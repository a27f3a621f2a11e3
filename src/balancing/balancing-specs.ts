import type { OptionReader } from '../base/options.ts';
import { readAddressPrefix, type ResolvedAddressPrefixOptions } from '../model/address-prefix.ts';
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

/** {@link BalancingSpec}, complete. */
export type ResolvedBalancingSpec =
  | { readonly kind: 'roundRobin' | 'leastConnections' | 'twoChoices' | 'firstAvailable' }
  | ({ readonly kind: 'rendezvous' } & ResolvedAddressPrefixOptions);

const roundRobinSpec = { kind: 'roundRobin' } as const;

/** Reads a spec, or the policy that stands in its place; without a value, round robin. */
export function readBalancing(parent: OptionReader, key: string): ResolvedBalancingSpec | BalancingPolicy {
  const live = parent.live(key, isBalancingPolicy);
  if (live !== undefined) return live;
  const reader = parent.child(key, {
    expected: "a balancing spec such as { kind: 'leastConnections' }, or a policy with kind and build",
    default: roundRobinSpec,
  });
  const spec = reader.variant<ResolvedBalancingSpec['kind'], ResolvedBalancingSpec>('kind', {
    roundRobin: () => ({ kind: 'roundRobin' }),
    leastConnections: () => ({ kind: 'leastConnections' }),
    twoChoices: () => ({ kind: 'twoChoices' }),
    rendezvous: (of) => ({ kind: 'rendezvous', ...readAddressPrefix(of) }),
    firstAvailable: () => ({ kind: 'firstAvailable' }),
  });
  if (spec !== undefined) reader.refuseUnknownKeys();
  return Object.freeze(spec ?? roundRobinSpec);
}

/** The policy that a spec describes; a live one as it is. */
export function makeBalancing(spec: ResolvedBalancingSpec | BalancingPolicy): BalancingPolicy {
  if (isBalancingPolicy(spec)) return spec;
  switch (spec.kind) {
    case 'leastConnections':
      return leastConnections();
    case 'twoChoices':
      return twoChoices();
    case 'rendezvous':
      return rendezvousBy(spec);
    case 'firstAvailable':
      return firstAvailable();
    case 'roundRobin':
      return roundRobin();
  }
}

export function isBalancingPolicy(value: unknown): value is BalancingPolicy {
  const { kind, build } = Object(value) as Partial<BalancingPolicy>;
  return typeof kind === 'string' && typeof build === 'function';
}
