import { describe, expect, it } from 'vitest';
import { twoChoices } from '../../../src/balancing/two-choices.ts';
import { clientOf, seededRandom, serversOf, tally } from '../../support/policies.ts';

const client = clientOf('192.0.2.9');

describe('twoChoices', () => {
  // Eight draws that all hit the same of two equal servers have a chance of 1 in 128.
  it('prefers the less loaded of two servers', () => {
    const servers = serversOf([1, 1]);
    servers[0]!.sessions = 5;
    const picker = twoChoices().build(servers, seededRandom(2));
    const counts = tally(Array.from({ length: 1000 }, () => picker.pick(client, [])?.name));
    expect(counts.get('s1')).toBeGreaterThan(980);
  });

  it('weighs sessions: ten of a server twice as strong are as five', () => {
    const servers = serversOf([2, 1]);
    servers[0]!.sessions = 9;
    servers[1]!.sessions = 5;
    const picker = twoChoices().build(servers, seededRandom(3));
    const counts = tally(Array.from({ length: 1000 }, () => picker.pick(client, [])?.name));
    expect(counts.get('s0')).toBeGreaterThan(970);
  });

  it('keeps the fullest of many servers near the mean, as drawing one at random would not', () => {
    const servers = serversOf(Array.from({ length: 100 }, () => 1));
    const picker = twoChoices().build(servers, seededRandom(4));
    for (let i = 0; i < 10_000; i++) picker.pick(client, [])!.sessions += 1;
    expect(Math.max(...servers.map((server) => server.sessions))).toBeLessThanOrEqual(105);
  });
});
