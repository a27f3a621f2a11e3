import { describe, expect, it } from 'vitest';
import { leastConnections } from '../../../src/balancing/least-connections.ts';
import { clientOf, seededRandom, serversOf } from '../../support/policies.ts';

const client = clientOf('192.0.2.9');
const random = seededRandom(1);

describe('leastConnections', () => {
  it('picks the server with the fewest sessions', () => {
    const servers = serversOf([1, 1, 1]);
    servers[0]!.sessions = 3;
    servers[1]!.sessions = 1;
    servers[2]!.sessions = 2;
    expect(leastConnections().build(servers, random).pick(client, [])?.name).toBe('s1');
  });

  it('lets equals take turns', () => {
    const picker = leastConnections().build(serversOf([2, 2, 2]), random);
    const names = Array.from({ length: 6 }, () => picker.pick(client, [])?.name);
    expect(names).toEqual(['s0', 's1', 's2', 's0', 's1', 's2']);
  });

  it('fills servers in proportion to their weights', () => {
    const servers = serversOf([3, 1, 2]);
    const picker = leastConnections().build(servers, random);
    for (let i = 0; i < 60; i++) picker.pick(client, [])!.sessions += 1;
    expect(servers.map((server) => server.sessions)).toEqual([30, 10, 20]);
  });

  it.each([
    [1, 3],
    [9, 21],
    [85, 255],
  ])('sees a tie where quotients would not: weights %i and %i, equally loaded', (a, b) => {
    const servers = serversOf([a, b]);
    servers[0]!.sessions = a * 7 - 1;
    servers[1]!.sessions = b * 7 - 1;
    const picker = leastConnections().build(servers, random);
    expect([picker.pick(client, [])?.name, picker.pick(client, [])?.name]).toEqual(['s0', 's1']);
  });

  it('goes on with its turns after a rebuild', () => {
    const servers = serversOf([1, 1, 1]);
    let picker = leastConnections().build(servers, random);
    picker.pick(client, []);
    picker = leastConnections().build(servers, random, picker);
    expect(picker.pick(client, [])?.name).toBe('s1');
    picker = leastConnections().build(servers.slice(0, 2), random, picker);
    expect(picker.pick(client, [])?.name).toBe('s0');
  });
});
