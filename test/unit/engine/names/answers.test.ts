import { describe, expect, it } from 'vitest';
import { AddressChoice, endpointOf } from '../../../../src/engine/names/address-choice.ts';
import { isReachableIpv6, orderFamilies, reachableFrom } from '../../../../src/engine/names/address-order.ts';
import { dnsProblem, joinFamilies, type FamilyAnswer } from '../../../../src/engine/names/family-answers.ts';
import { NameError } from '../../../../src/engine/names/name-error.ts';
import { NameState } from '../../../../src/engine/names/name-state.ts';

const v4 = [{ address: '10.0.0.1', ttl: 20 }];
const v6 = [{ address: 'fd00::1', ttl: 7 }];

describe('the answers for both families', () => {
  it.each<[FamilyAnswer, FamilyAnswer, readonly string[], unknown]>([
    [v4, v6, [], { v4: ['10.0.0.1'], v6: ['fd00::1'], holdMs: 7_000 }],
    [v4, 'absent', ['fd00::1'], { v4: ['10.0.0.1'], v6: [], holdMs: 20_000 }],
    [v4, 'silent', ['10.0.0.9', 'fd00::1'], { v4: ['10.0.0.1'], v6: ['fd00::1'], holdMs: 20_000 }],
    ['failing', v6, ['10.0.0.9'], { v4: ['10.0.0.9'], v6: ['fd00::1'], holdMs: 7_000 }],
    ['absent', 'absent', ['10.0.0.9'], 'absent'],
    ['absent', 'failing', [], 'failing'],
    ['silent', 'absent', [], 'silent'],
    ['nobody', 'nobody', [], 'nobody'],
  ])('%j and %j, where %j was known', (first, second, before, joined) => {
    expect(joinFamilies(first, second, before)).toEqual(joined);
  });

  it('name every problem', () => {
    const codes = ['ENOTFOUND', 'ENODATA', 'ESERVFAIL', 'ECONNREFUSED', 'ETIMEOUT', 'ECANCELLED', undefined];
    expect(codes.map(dnsProblem)).toEqual([
      'absent',
      'absent',
      'failing',
      'nobody',
      'silent',
      'silent',
      'silent',
    ]);
  });
});

describe('the order of addresses', () => {
  it.each([
    ['verbatim', true, ['fd00::1', '10.0.0.1']],
    ['verbatim', false, ['10.0.0.1', 'fd00::1']],
    ['ipv4first', true, ['10.0.0.1', 'fd00::1']],
    ['ipv6first', false, ['fd00::1', '10.0.0.1']],
  ] as const)('%s, where IPv6 works: %s', (order, hasIpv6, addresses) => {
    expect(orderFamilies(['10.0.0.1'], ['fd00::1'], order, () => hasIpv6)).toEqual(addresses);
  });

  it('knows which IPv6 addresses others can reach', () => {
    const addresses = ['2001:db8::1', 'fd12::1', '::1', 'fe80::1', 'ff02::1'];
    expect(addresses.map(isReachableIpv6)).toEqual([true, true, false, false, false]);
  });

  it('keeps to the family to connect from, where it can', () => {
    const addresses = ['10.0.0.1', 'fd00::1'];
    expect(reachableFrom('10.0.0.9', addresses)).toEqual(['10.0.0.1']);
    expect(reachableFrom('::1', ['10.0.0.1'])).toEqual(['10.0.0.1']);
    expect(reachableFrom(undefined, addresses)).toEqual(addresses);
  });
});

describe('the choice of an address', () => {
  const tcp = endpointOf('TCP', 104);
  const udp = endpointOf('UDP', 104);
  const all = ['a', 'b', 'c'];

  it('keeps the order that the name has, until something is known', () => {
    expect(new AddressChoice().order(all, tcp, 0)).toEqual(all);
  });

  it('begins with what worked there, else with what worked elsewhere', () => {
    const choice = new AddressChoice();
    choice.worked(tcp, 'b');
    expect(choice.order(all, tcp, 0)).toEqual(['b', 'a', 'c']);
    expect(choice.order(all, udp, 0)).toEqual(['b', 'a', 'c']);
    choice.worked(udp, 'c');
    expect(choice.order(all, tcp, 0)[0]).toBe('b');
    expect(choice.order(['a', 'c'], tcp, 0)).toEqual(['a', 'c']);
  });

  it('leaves for half a minute what failed there, and only there', () => {
    const choice = new AddressChoice();
    choice.worked(tcp, 'a');
    choice.failed(tcp, 'a', 1_000);
    expect(choice.order(all, tcp, 30_999)).toEqual(['b', 'c', 'a']);
    expect(choice.order(all, udp, 1_000)).toEqual(all);
    expect(choice.order(all, tcp, 31_000)).toEqual(all);
    choice.failed(tcp, 'a', 40_000);
    choice.worked(tcp, 'a');
    expect(choice.order(['b', 'a'], tcp, 40_000)).toEqual(['a', 'b']);
  });
});

describe('what is known of a name', () => {
  const absent = new NameError('pacs1', 'absent');
  const silent = new NameError('pacs1', 'silent');

  it('is nothing at first', () => {
    const state = new NameState();
    expect(state.at(0)).toBe('unknown');
    expect(state.dueMs).toBe(-Infinity);
  });

  it.each([
    [0, 1_000],
    [10_000, 10_000],
    [3_600_000, 30_000],
  ])('holds for what was told, %d ms, within bounds: %d ms', (holdMs, heldMs) => {
    const state = new NameState();
    expect(state.learn({ addresses: ['a'], holdMs }, 100)).toBe(true);
    expect(state.dueMs).toBe(100 + heldMs);
    expect(state.at(state.dueMs)).toBe('known');
    expect(state.at(state.dueMs + 15_000)).toBe('unknown');
  });

  it('says whether an answer is news', () => {
    const state = new NameState();
    state.learn({ addresses: ['a', 'b'], holdMs: 0 }, 0);
    expect(state.learn({ addresses: ['b', 'a'], holdMs: 0 }, 1)).toBe(false);
    expect(state.learn({ addresses: ['a'], holdMs: 0 }, 2)).toBe(true);
    expect(state.learn({ addresses: ['c'], holdMs: 0 }, 3)).toBe(true);
  });

  it('is a failure for 5 s, where nothing was known', () => {
    const state = new NameState();
    state.fail(silent, 0);
    expect([state.at(0), state.dueMs, state.failure]).toEqual(['failed', 5_000, silent]);
  });

  it.each([
    [absent, 30_000],
    [silent, 86_400_000],
  ])('is used on after a failure (%s), for %d ms', (failure, staleMs) => {
    const state = new NameState();
    state.learn({ addresses: ['a'], holdMs: 1_000 }, 0);
    state.fail(failure, staleMs);
    expect([state.at(staleMs), state.addresses]).toEqual(['known', ['a']]);
    state.fail(failure, staleMs + 1);
    expect([state.at(staleMs + 1), state.addresses]).toEqual(['failed', []]);
    expect(state.learn({ addresses: ['a'], holdMs: 1_000 }, staleMs + 2)).toBe(true);
    expect(state.failure).toBeUndefined();
  });
});
