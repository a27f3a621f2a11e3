import { describe, expect, it } from 'vitest';
import { makeBalancing, readBalancing, type BalancingSpec } from '../../../src/balancing/balancing-specs.ts';
import { leastConnections } from '../../../src/balancing/least-connections.ts';
import { readOption } from '../../support/read-option.ts';

describe('readBalancing', () => {
  it.each<BalancingSpec>([
    { kind: 'roundRobin' },
    { kind: 'leastConnections' },
    { kind: 'twoChoices' },
    { kind: 'rendezvous', prefixV4: 24, prefixV6: 64 },
    { kind: 'firstAvailable' },
  ])('reads $kind, of which a policy is made', (spec) => {
    const { value, problems } = readOption(readBalancing, spec);
    expect(value).toEqual(spec);
    expect(makeBalancing(value).kind).toBe(spec.kind);
    expect(problems).toEqual([]);
  });

  it('leaves a live policy as it is', () => {
    const policy = leastConnections();
    expect(makeBalancing(readOption(readBalancing, policy).value)).toBe(policy);
  });

  it('is round robin where nothing is stated', () => {
    expect(readOption(readBalancing, undefined).value).toEqual({ kind: 'roundRobin' });
  });

  it.each([
    ['leastConnections', 'balance'],
    [null, 'balance'],
    [[], 'balance'],
    [{}, 'balance.kind'],
    [{ kind: 'fastest' }, 'balance.kind'],
    [{ kind: 'rendezvous', prefixV4: 64 }, 'balance.prefixV4'],
    [{ kind: 'twoChoices', prefixV4: 24 }, 'balance'],
    [{ kind: 'own', build: 'no function' }, 'balance.kind'],
  ])('reports %j', (value, path) => {
    expect(readOption(readBalancing, value, 'balance').paths[0]).toBe(path);
  });
});
