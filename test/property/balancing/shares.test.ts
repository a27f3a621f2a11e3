import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BalancingPolicy } from '../../../src/balancing/balancing-policy.ts';
import { leastConnections } from '../../../src/balancing/least-connections.ts';
import { rendezvous } from '../../../src/balancing/rendezvous.ts';
import { roundRobin } from '../../../src/balancing/round-robin.ts';
import { twoChoices } from '../../../src/balancing/two-choices.ts';
import type { Server } from '../../../src/model/server.ts';
import { numberedClient, seededRandom, serversOf, tally } from '../../support/policies.ts';

const weights = fc.array(fc.integer({ min: 1, max: 256 }), { minLength: 1, maxLength: 10 });
const picks = 20_000;

/** Five standard deviations of a draw with that chance, repeated: once in a million cases. */
const randomTolerance = (share: number): number => 5 * Math.sqrt((share * (1 - share)) / picks) + 1e-4;

/** Shares of many clients, no session of which lasts. */
function sharesOf(policy: BalancingPolicy, given: readonly number[], seed: number): number[] {
  const picker = policy.build(serversOf(given), seededRandom(seed));
  const counts = tally(
    Array.from(
      { length: picks },
      (_, index) => picker.pick(numberedClient(index + (seed & 0xffff)), [])?.name,
    ),
  );
  return given.map((_, index) => (counts.get(`s${index}`) ?? 0) / picks);
}

describe.each([
  { policy: roundRobin(), tolerance: () => 2 / picks },
  { policy: twoChoices(), tolerance: randomTolerance },
  { policy: rendezvous(), tolerance: randomTolerance },
])('$policy.kind', ({ policy, tolerance }) => {
  it('gives each server the share of new clients that its weight says', () => {
    fc.assert(
      fc.property(weights, fc.nat(), (given, seed) => {
        const total = given.reduce((sum, weight) => sum + weight, 0);
        for (const [index, share] of sharesOf(policy, given, seed).entries()) {
          const exact = (given[index] ?? 0) / total;
          expect(Math.abs(share - exact)).toBeLessThanOrEqual(tolerance(exact));
        }
      }),
      { numRuns: 30, seed: 20_230_605 },
    );
  });
});

describe('leastConnections', () => {
  const load = ({ sessions }: Server): number => (sessions === 0 ? 0 : sessions + 1);

  it('uses idle servers in turn, whatever their weights', () => {
    const servers = serversOf([1, 10, 3]);
    const picker = leastConnections().build(servers, seededRandom(1));
    const picks = Array.from({ length: 6 }, (_, i) => picker.pick(numberedClient(i), []));
    expect(picks).toEqual([...servers, ...servers]);
  });

  it('never gives a session to a server that another would carry more lightly', () => {
    fc.assert(
      fc.property(
        weights,
        fc.array(fc.nat({ max: 30 }), { minLength: 10, maxLength: 10 }),
        (given, sessions) => {
          const servers = serversOf(given);
          for (const [index, server] of servers.entries()) server.sessions = sessions[index] ?? 0;
          const picker = leastConnections().build(servers, seededRandom(1));
          for (let i = 0; i < 50; i++) {
            const picked = picker.pick(numberedClient(i), [])!;
            for (const other of servers) {
              expect(load(picked) * other.weight).toBeLessThanOrEqual(load(other) * picked.weight);
            }
            picked.sessions += 1;
          }
        },
      ),
    );
  });
});
