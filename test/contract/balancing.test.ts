import { describe, expect, it } from 'vitest';
import type { BalancingPolicy } from '../../src/balancing/balancing-policy.ts';
import { firstAvailable } from '../../src/balancing/first-available.ts';
import { leastConnections } from '../../src/balancing/least-connections.ts';
import { rendezvous } from '../../src/balancing/rendezvous.ts';
import { roundRobin } from '../../src/balancing/round-robin.ts';
import { twoChoices } from '../../src/balancing/two-choices.ts';
import { Server } from '../../src/model/server.ts';
import { numberedClient, seededRandom, serversOf } from '../support/policies.ts';

const policies: readonly BalancingPolicy[] = [
  roundRobin(),
  leastConnections(),
  twoChoices(),
  rendezvous(),
  firstAvailable(),
];

/** Of five servers, the second full and the fourth limited with room left. */
function mixedServers(): Server[] {
  const options = { host: '192.0.2.1' };
  const servers = [
    new Server({ ...options, name: 'a', weight: 3 }),
    new Server({ ...options, name: 'full', weight: 200, maxSessions: 2 }),
    new Server({ ...options, name: 'b' }),
    new Server({ ...options, name: 'limited', weight: 256, maxSessions: 2 }),
    new Server({ ...options, name: 'c', weight: 7 }),
  ];
  for (const name of ['full', 'limited']) {
    const server = servers.find((candidate) => candidate.name === name);
    if (server !== undefined) server.sessions = name === 'full' ? 2 : 1;
  }
  return servers;
}

describe.each(policies)('balancing policy $kind', (policy) => {
  it('is named like its factory', () => {
    expect(
      [roundRobin, leastConnections, twoChoices, rendezvous, firstAvailable].map((f) => f.name),
    ).toContain(policy.kind);
  });

  it('picks no server if there is none', () => {
    const picker = policy.build([], seededRandom(1));
    expect(picker.pick(numberedClient(1), [])).toBeUndefined();
    expect(picker.pick(numberedClient(1), serversOf([1]))).toBeUndefined();
  });

  it('always picks the only server', () => {
    const [only] = serversOf([256]);
    const picker = policy.build([only!], seededRandom(2));
    for (let i = 0; i < 20; i++) expect(picker.pick(numberedClient(i), [])).toBe(only);
  });

  it('never picks a full server or one that was tried', () => {
    const servers = mixedServers();
    const picker = policy.build(servers, seededRandom(3));
    const tried = [servers[0]!, servers[4]!];
    for (let i = 0; i < 2000; i++) {
      expect(['b', 'limited']).toContain(picker.pick(numberedClient(i), tried)?.name);
    }
  });

  it('leads through every server that can take a session before it gives up', () => {
    const servers = mixedServers();
    const picker = policy.build(servers, seededRandom(4));
    for (let i = 0; i < 200; i++) {
      const tried: Server[] = [];
      for (
        let next = picker.pick(numberedClient(i), tried);
        next;
        next = picker.pick(numberedClient(i), tried)
      ) {
        tried.push(next);
      }
      expect(tried.map((server) => server.name).sort()).toEqual(['a', 'b', 'c', 'limited']);
    }
  });

  it('finds the one of 2,000 servers that has room, however small its weight', () => {
    const servers = serversOf(Array.from({ length: 2000 }, (_, index) => (index === 1234 ? 1 : 256)));
    const picker = policy.build(servers, seededRandom(5));
    for (const server of servers) server.sessions = server.name === 's1234' ? 0 : Infinity;
    for (let i = 0; i < 20; i++) expect(picker.pick(numberedClient(i), [])?.name).toBe('s1234');
  });

  it('does not count sessions itself', () => {
    const servers = serversOf([1, 2, 3]);
    const picker = policy.build(servers, seededRandom(6));
    for (let i = 0; i < 100; i++) picker.pick(numberedClient(i), []);
    expect(servers.every((server) => server.sessions === 0 && server.sessionsTotal === 0)).toBe(true);
  });

  it('forgets servers that are not in the next generation, and takes any picker as the previous one', () => {
    const servers = serversOf([1, 5, 3]);
    let picker = policy.build(servers, seededRandom(7));
    for (const other of policies) {
      const before = other.build(serversOf([2, 2, 9, 4]), seededRandom(8));
      picker = policy.build(servers.slice(1), seededRandom(9), before);
      for (let i = 0; i < 100; i++) expect(['s1', 's2']).toContain(picker.pick(numberedClient(i), [])?.name);
    }
    picker = policy.build(servers.slice(2), seededRandom(10), picker);
    expect(picker.pick(numberedClient(1), [])?.name).toBe('s2');
  });
});
