import { describe, expect, it } from 'vitest';
import { balancingFrom, type BalancingSpec } from '../../../src/balancing/balancing-specs.ts';
import { leastConnections } from '../../../src/balancing/least-connections.ts';
import type { OptionProblem } from '../../../src/base/errors.ts';

function problemsOf(value: unknown): OptionProblem[] {
  const problems: OptionProblem[] = [];
  balancingFrom(value, 'services[0].balance', problems);
  return problems;
}

describe('balancingFrom', () => {
  it.each<BalancingSpec>([
    { kind: 'roundRobin' },
    { kind: 'leastConnections' },
    { kind: 'twoChoices' },
    { kind: 'rendezvous', prefixV4: 24, prefixV6: 64 },
    { kind: 'firstAvailable' },
  ])('makes the policy of $kind', (spec) => {
    const problems: OptionProblem[] = [];
    expect(balancingFrom(spec, 'balance', problems).kind).toBe(spec.kind);
    expect(problems).toEqual([]);
  });

  it('returns a live policy as it is', () => {
    const policy = leastConnections();
    expect(balancingFrom(policy, 'balance', [])).toBe(policy);
  });

  it('is round robin where nothing is stated', () => {
    expect(balancingFrom(undefined, 'balance', []).kind).toBe('roundRobin');
  });

  it.each([
    ['leastConnections', 'services[0].balance'],
    [null, 'services[0].balance'],
    [[], 'services[0].balance'],
    [{}, 'services[0].balance.kind'],
    [{ kind: 'fastest' }, 'services[0].balance.kind'],
    [{ kind: 'rendezvous', prefixV4: 64 }, 'services[0].balance.prefixV4'],
    [{ kind: 'twoChoices', prefixV4: 24 }, 'services[0].balance'],
    [{ kind: 'own', build: 'no function' }, 'services[0].balance.kind'],
  ])('reports %j', (value, path) => {
    expect(problemsOf(value)[0]?.path).toBe(path);
  });
});
