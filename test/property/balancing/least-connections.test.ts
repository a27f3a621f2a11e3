import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canTake } from '../../../src/balancing/can-take.ts';
import { leastConnections } from '../../../src/balancing/least-connections.ts';
import { Server } from '../../../src/model/server.ts';
import { numberedClient, seededRandom } from '../../support/policies.ts';

/** Loads that are equal or nearly so come up often, small and large ones. */
const sessions = fc.oneof(
  fc.nat({ max: 4 }),
  fc.integer({ min: 254, max: 258 }),
  fc.integer({ min: 999_998, max: 1_000_002 }),
);
const facts = fc.record({
  weight: fc.oneof(fc.constantFrom(1, 2, 3, 255, 256), fc.integer({ min: 1, max: 256 })),
  maxSessions: fc.constantFrom(1, 3, 256, 1_000_000, Infinity),
  sessions,
  tried: fc.boolean(),
});
/** From none to more than a search looks at in one go, several times over. */
const pool = fc.array(facts, { maxLength: 14 });

/** What the policy says, in the plainest way: the first from `start` on of those with the least load, in whole numbers. */
function plainPick(servers: readonly Server[], start: number, tried: readonly Server[]): number {
  const order = servers.map((_, step) => (start + step) % servers.length);
  const able = order.filter((index) => canTake(servers[index]!, tried));
  const load = (server: Server): bigint => BigInt(server.sessions === 0 ? 0 : server.sessions + 1);
  const isLess = (a: Server, b: Server): boolean => load(a) * BigInt(b.weight) < load(b) * BigInt(a.weight);
  return able.reduce(
    (best, index) => (best === -1 || isLess(servers[index]!, servers[best]!) ? index : best),
    -1,
  );
}

it('leastConnections picks what a plain search in whole numbers does, turn after turn', () => {
  fc.assert(
    fc.property(pool, fc.array(fc.boolean(), { maxLength: 30 }), (given, asksAgain) => {
      const servers = given.map((fact, index) => {
        const server = new Server({ name: `s${index}`, host: '192.0.2.1', ...fact });
        server.sessions = fact.sessions;
        return server;
      });
      const tried = servers.filter((_, index) => given[index]?.tried);
      const picker = leastConnections().build(servers, seededRandom(1));
      let start = 0;
      for (const [turn, isRetry] of asksAgain.entries()) {
        const avoided = isRetry ? tried : [];
        const expected = plainPick(servers, start, avoided);
        expect(picker.pick(numberedClient(turn), avoided)).toBe(servers[expected]);
        if (expected === -1) continue;
        start = (expected + 1) % servers.length;
        servers[expected]!.sessions += 1;
        const ended = servers[(expected * 7 + turn) % servers.length]!;
        if (turn % 2 === 0 && ended.sessions > 0) ended.sessions -= 1;
      }
    }),
    { numRuns: 500 },
  );
});
