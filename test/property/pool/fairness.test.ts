import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Server } from '../../../src/model/server.ts';
import { Lease } from '../../../src/pool/lease.ts';
import { numberedClient, seededRandom, tally } from '../../support/policies.ts';
import { TestService } from '../../support/test-service.ts';

const weights = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 6 });
const check = { intervalMs: 1000, timeoutMs: 86_400_000, startJitterMs: 0, rise: 1, fall: 1 };

function serversOf(weights: readonly number[]) {
  return weights.map((weight, index) => ({ name: `s${index}`, host: '192.0.2.1', weight }));
}

/** How far each server's count is from its exact share of all. */
function errors(servers: readonly Server[], picked: readonly string[]): number[] {
  const counts = tally(picked);
  const total = servers.reduce((sum, { weight }) => sum + weight, 0);
  return servers.map(({ name, weight }) =>
    Math.abs((counts.get(name) ?? 0) - (picked.length * weight) / total),
  );
}

/** A server without a session is the least, whatever its weight. */
function loadWithOneMore({ sessions, weight }: Server): number {
  return sessions === 0 ? 0 : (sessions + 1) / weight;
}

it('round robin: whoever is up has its share to within two turns, between any two flaps', async () => {
  const flap = fc.record({
    server: fc.nat(5),
    health: fc.constantFrom('up' as const, 'down' as const),
    picks: fc.integer({ min: 0, max: 120 }),
  });
  await fc.assert(
    fc.asyncProperty(weights, fc.array(flap, { maxLength: 10 }), async (weights, flaps) => {
      const service = new TestService({ servers: serversOf(weights), check });
      const { pool, clock } = service;
      for (const { server, health, picks } of flaps) {
        service.find(`s${server}`, health);
        await clock.advance(1000);
        const up = pool.servers.filter((server) => server.health === 'up');
        const picked = Array.from({ length: up.length === 0 ? 0 : picks }, (_, index) => {
          return pool.pick(numberedClient(index), [])!.name;
        });
        // Less than one at either end of the window.
        for (const error of errors(up, picked)) expect(error).toBeLessThan(2);
      }
      service.close();
    }),
    { numRuns: 100 },
  );
});

it('round robin: goes on where it was, however often it is built anew between two picks', () => {
  fc.assert(
    fc.property(weights, fc.array(fc.boolean(), { minLength: 1, maxLength: 200 }), (weights, rebuilds) => {
      const { pool } = new TestService({ servers: [...serversOf(weights), { name: 'halted', host: 'h' }] });
      pool.setAdminState('halted', 'halt');
      const picked = rebuilds.map((isRebuilt, index) => {
        if (isRebuilt) pool.setWeight('halted', 2 + (index % 2));
        return pool.pick(numberedClient(index), [])!.name;
      });
      for (const error of errors(pool.servers.slice(0, -1), picked)) expect(error).toBeLessThan(2);
    }),
    { numRuns: 300 },
  );
});

it('round robin: a server that goes and comes takes no turns from the others but its own', async () => {
  // The worst case: between any two picks the last server goes down and comes up again.
  const service = new TestService({ servers: serversOf([1, 1, 1, 1]), check });
  const picked: string[] = [];
  for (let index = 0; index < 90; index++) {
    for (const health of ['down', 'up'] as const) {
      service.find('s3', health);
      await service.clock.advance(1000);
    }
    picked.push(service.pool.pick(numberedClient(index), [])!.name);
  }
  const counts = tally(picked);
  const others = ['s0', 's1', 's2'].map((name) => counts.get(name) ?? 0);
  expect(Math.max(...others) - Math.min(...others)).toBeLessThanOrEqual(1);
  service.close();
});

it('least connections: each client goes where there are fewest for the weight, through flaps and ends', async () => {
  const step = fc.record({
    what: fc.constantFrom('connect', 'connect', 'connect', 'connect', 'end', 'flap'),
    number: fc.nat(50),
  });
  await fc.assert(
    fc.asyncProperty(weights, fc.array(step, { maxLength: 150 }), fc.nat(), async (weights, steps, seed) => {
      const service = new TestService({
        servers: serversOf(weights),
        check,
        pool: { balance: { kind: 'leastConnections' } },
        random: seededRandom(seed),
      });
      const { pool, clock, selector } = service;
      await clock.advance(0);
      const leases: Lease[] = [];
      for (const { what, number } of steps) {
        const up = pool.servers.filter(({ health }) => health === 'up');
        if (what === 'connect' && up.length > 0) {
          const loads = new Map(up.map((server) => [server, loadWithOneMore(server)]));
          const lease = new Lease();
          selector.select(numberedClient(number), lease, false);
          expect(loads.get(lease.server!)).toBe(Math.min(...loads.values()));
          leases.push(lease);
        } else if (what === 'end') {
          for (const lease of leases.splice(number % Math.max(1, leases.length), 1)) selector.release(lease);
        } else if (what === 'flap') {
          const server = pool.servers[number % pool.servers.length]!;
          service.find(server.name, server.health === 'up' ? 'down' : 'up');
          await clock.advance(1000);
        }
      }
      service.close();
    }),
    { numRuns: 100 },
  );
});
