import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rendezvous } from '../../../src/balancing/rendezvous.ts';
import { numberedClient, seededRandom, serversOf } from '../../support/policies.ts';

const random = seededRandom(1);
const weights = fc.array(fc.integer({ min: 1, max: 256 }), { minLength: 2, maxLength: 12 });
const clients = Array.from({ length: 400 }, (_, index) => numberedClient(index * 7919));

describe('rendezvous', () => {
  it('moves the clients of a removed server and no others, both when it goes and when it returns', () => {
    fc.assert(
      fc.property(weights, fc.nat(), (given, choice) => {
        const servers = serversOf(given);
        const removed = servers[choice % servers.length]!;
        const all = rendezvous().build(servers, random);
        const rest = rendezvous().build(
          servers.filter((server) => server !== removed),
          random,
        );
        for (const client of clients) {
          const picked = all.pick(client, []);
          if (picked !== removed) expect(rest.pick(client, [])).toBe(picked);
          else expect(rest.pick(client, [])).not.toBe(removed);
        }
      }),
    );
  });

  it('sends a full server’s clients where they would go without it', () => {
    fc.assert(
      fc.property(weights, fc.nat(), (given, choice) => {
        const servers = serversOf(given);
        const full = servers[choice % servers.length]!;
        full.sessions = Infinity;
        const all = rendezvous().build(servers, random);
        const rest = rendezvous().build(
          servers.filter((server) => server !== full),
          random,
        );
        for (const client of clients) expect(all.pick(client, [])).toBe(rest.pick(client, []));
      }),
    );
  });

  it('moves clients only towards a server whose weight grew', () => {
    fc.assert(
      fc.property(weights, fc.nat(), fc.integer({ min: 1, max: 256 }), (given, choice, more) => {
        const index = choice % given.length;
        const before = rendezvous().build(serversOf(given), random);
        const after = rendezvous().build(
          serversOf(given.map((weight, at) => (at === index ? weight + more : weight))),
          random,
        );
        for (const client of clients) {
          const [was, is] = [before.pick(client, [])?.name, after.pick(client, [])?.name];
          if (is !== was) expect(is).toBe(`s${index}`);
        }
      }),
    );
  });
});
