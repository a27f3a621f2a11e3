import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ClientsInTurn } from '../../support/clients-in-turn.ts';
import { seededRandom } from '../../support/policies.ts';

const stepMs = 250;
const steps = 60;

const outages = fc.array(
  fc.record({ server: fc.nat(3), start: fc.nat(steps), length: fc.integer({ min: 1, max: 20 }) }),
  { maxLength: 12 },
);

it('ejection turns nobody away whom a server could serve, whatever goes and comes', async () => {
  let ejections = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      outages,
      fc.constantFrom('roundRobin' as const, 'leastConnections' as const, 'twoChoices' as const),
      fc.boolean(),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat(),
      async (count, outages, kind, hasCheck, maxEjectedRatio, seed) => {
        const reachable = (server: number, nowMs: number): boolean =>
          !outages.some(
            (outage) =>
              outage.server === server &&
              nowMs >= outage.start * stepMs &&
              nowMs < (outage.start + outage.length) * stepMs,
          );
        const clients = new ClientsInTurn(count, reachable, {
          ...(hasCheck ? { check: { intervalMs: 1000, startJitterMs: 0 } } : {}),
          pool: { balance: { kind }, passiveHealth: { failures: 3, maxEjectedRatio } },
          random: seededRandom(seed),
        });
        const { refused, wasEjected } = await clients.run(steps * stepMs, 50);
        expect(refused).toBe(0);
        if (wasEjected) ejections++;
      },
    ),
    { numRuns: 100 },
  );
  expect(ejections).toBeGreaterThan(10);
});
