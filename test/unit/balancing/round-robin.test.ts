import { describe, expect, it } from 'vitest';
import type { Picker } from '../../../src/balancing/balancing-policy.ts';
import { roundRobin } from '../../../src/balancing/round-robin.ts';
import { clientOf, seededRandom, serversOf, tally } from '../../support/policies.ts';

const client = clientOf('192.0.2.9');
const random = seededRandom(1);

const picks = (picker: Picker, count: number): (string | undefined)[] =>
  Array.from({ length: count }, () => picker.pick(client, [])?.name);

describe('roundRobin', () => {
  it('takes servers of equal weight in order', () => {
    expect(picks(roundRobin().build(serversOf([4, 4, 4]), random), 7)).toEqual([
      's0',
      's1',
      's2',
      's0',
      's1',
      's2',
      's0',
    ]);
  });

  it('spreads the turns of a heavy server', () => {
    const order = picks(roundRobin().build(serversOf([5, 1, 1]), random), 7);
    expect(order.join(' ')).toBe('s0 s1 s0 s0 s2 s0 s0');
  });

  it('gives exact shares within one round, also of weights with a common divisor', () => {
    const picker = roundRobin().build(serversOf([256, 128, 64]), random);
    for (let round = 0; round < 3; round++) {
      expect(Object.fromEntries(tally(picks(picker, 7)))).toEqual({ s0: 4, s1: 2, s2: 1 });
    }
  });

  it('passes over a full server and returns to it when it has room', () => {
    const servers = serversOf([1, 1, 1]);
    const picker = roundRobin().build(servers, random);
    servers[1]!.sessions = Infinity;
    expect(picks(picker, 4)).toEqual(['s0', 's2', 's0', 's2']);
    servers[1]!.sessions = 0;
    expect(picks(picker, 3)).toEqual(['s0', 's1', 's2']);
  });

  it('goes on after a rebuild where it was', () => {
    const servers = serversOf([1, 1, 1, 1]);
    const first = roundRobin().build(servers, random);
    expect(picks(first, 2)).toEqual(['s0', 's1']);
    const same = roundRobin().build(servers, random, first);
    expect(picks(same, 1)).toEqual(['s2']);
    const without = roundRobin().build(
      servers.filter((server) => server.name !== 's3'),
      random,
      same,
    );
    expect(picks(without, 3)).toEqual(['s0', 's1', 's2']);
  });

  it('gives every server its share where it is rebuilt before each pick', () => {
    const servers = serversOf([5, 1, 1, 3]);
    let picker = roundRobin().build(servers, random);
    const names = Array.from({ length: 100 }, () => {
      picker = roundRobin().build(servers, random, picker);
      return picker.pick(client, [])?.name;
    });
    expect(Object.fromEntries(tally(names))).toEqual({ s0: 50, s1: 10, s2: 10, s3: 30 });
  });

  it('starves nobody where one server comes and goes between any two picks', () => {
    const servers = serversOf([2, 1, 1, 3, 1]);
    let picker = roundRobin().build(servers, random);
    const names = Array.from({ length: 800 }, (_, i) => {
      picker = roundRobin().build(i % 2 === 0 ? servers.slice(0, 4) : servers, random, picker);
      return picker.pick(client, [])?.name;
    });
    const counts = tally(names);
    for (const name of ['s0', 's1', 's2', 's3']) expect(counts.get(name)).toBeGreaterThan(50);
  });

  it('keeps shares within a tenth where the round had to be shortened', () => {
    const weights = Array.from({ length: 1000 }, (_, index) => 128 + (index % 128));
    const picker = roundRobin().build(serversOf(weights), random);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const counts = tally(picks(picker, total));
    for (const [index, weight] of weights.entries()) {
      expect(Math.abs((counts.get(`s${index}`) ?? 0) - weight)).toBeLessThanOrEqual(weight / 10);
    }
  });
});
