import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canTake } from '../../../src/balancing/can-take.ts';
import { firstAvailable } from '../../../src/balancing/first-available.ts';
import { leastConnections } from '../../../src/balancing/least-connections.ts';
import { rendezvous } from '../../../src/balancing/rendezvous.ts';
import { roundRobin } from '../../../src/balancing/round-robin.ts';
import { twoChoices } from '../../../src/balancing/two-choices.ts';
import { Server } from '../../../src/model/server.ts';
import { numberedClient, seededRandom } from '../../support/policies.ts';

/** A server as it may be found at some time. */
const server = fc.record({
  weight: fc.integer({ min: 1, max: 256 }),
  maxSessions: fc.constantFrom(1, 2, 5, Infinity),
  sessions: fc.nat({ max: 6 }),
  tried: fc.boolean(),
  present: fc.boolean(),
});

describe.each([roundRobin(), leastConnections(), twoChoices(), rendezvous(), firstAvailable()])(
  '$kind',
  (policy) => {
    it('picks something that can take a session exactly where there is any, across rebuilds', () => {
      fc.assert(
        fc.property(
          fc.array(fc.array(server, { maxLength: 20 }), { maxLength: 5 }),
          fc.nat(),
          (generations, seed) => {
            let previous = undefined as ReturnType<typeof policy.build> | undefined;
            for (const facts of generations) {
              const servers = facts.map((fact, index) => {
                const made = new Server({ name: `s${index}`, host: '192.0.2.1', ...fact });
                made.sessions = fact.sessions;
                return made;
              });
              const tried = servers.filter((_, index) => facts[index]?.tried);
              const present = servers.filter((_, index) => facts[index]?.present);
              const picker = policy.build(present, seededRandom(seed), previous);
              for (let i = 0; i < 10; i++) {
                const picked = picker.pick(numberedClient(seed + i), tried);
                if (picked === undefined) expect(present.some((one) => canTake(one, tried))).toBe(false);
                else expect(present.includes(picked) && canTake(picked, tried)).toBe(true);
              }
              previous = picker;
            }
          },
        ),
        { numRuns: 200 },
      );
    });
  },
);
