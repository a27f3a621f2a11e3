import { describe, expect, it } from 'vitest';
import type { BalancingPolicy, Picker } from '../../../src/balancing/balancing-policy.ts';
import { firstAvailable } from '../../../src/balancing/first-available.ts';
import { leastConnections } from '../../../src/balancing/least-connections.ts';
import { rendezvous } from '../../../src/balancing/rendezvous.ts';
import { roundRobin } from '../../../src/balancing/round-robin.ts';
import { twoChoices } from '../../../src/balancing/two-choices.ts';
import { Server } from '../../../src/model/server.ts';
import { checkBalancing } from '../../../src/testing/check-balancing.ts';

function hasRoom(server: Server): boolean {
  return server.sessions < server.maxSessions;
}

/** Picks the first server that has room and was not tried. */
function pickFirst(servers: readonly Server[]): Picker {
  return { pick: (_client, tried) => servers.find((server) => hasRoom(server) && !tried.includes(server)) };
}

function own(build: (servers: readonly Server[], previous: Picker | undefined) => Picker): BalancingPolicy {
  return { kind: 'own', build: (servers, _random, previous) => build(servers, previous) };
}

describe('checkBalancing', () => {
  it.each([roundRobin(), leastConnections(), twoChoices(), rendezvous(), firstAvailable(), own(pickFirst)])(
    'is content with $kind',
    (policy) => {
      expect(() => {
        checkBalancing(policy);
      }).not.toThrow();
    },
  );

  it.each<[string, BalancingPolicy]>([
    [
      'picks no server if there is none',
      own((servers) => pickFirst(servers.length > 0 ? servers : [new Server({ name: 'x', host: 'x' })])),
    ],
    ['picks every server that has room', own((servers) => ({ pick: () => servers.find(hasRoom) }))],
    [
      'picks every server that has room',
      own((servers) => ({ pick: (_client, tried) => servers.find((server) => !tried.includes(server)) })),
    ],
    ['uses the room that the servers have now', own((servers) => pickFirst(servers.filter(hasRoom)))],
    [
      'does not count sessions itself',
      own((servers) => ({
        pick(client, tried) {
          const server = pickFirst(servers).pick(client, tried);
          if (server?.maxSessions === Infinity) server.sessions++;
          return server;
        },
      })),
    ],
    [
      'picks only from the servers of its own generation',
      own((servers, previous) => previous ?? pickFirst(servers)),
    ],
    [
      'returns the next pick from peek',
      own((servers) => {
        const picker = roundRobin().build(servers, Math.random);
        const pick: Picker['pick'] = (client, tried) => picker.pick(client, tried);
        return { pick, peek: pick };
      }),
    ],
    [
      'accepts the picker of another policy',
      own((servers, previous) => pickFirst(previous !== undefined && servers.length > 1 ? [] : servers)),
    ],
  ])('finds out who breaks the rule: %s', (rule, policy) => {
    expect(() => {
      checkBalancing(policy);
    }).toThrow(new RegExp(`^own breaks the rule: ${rule}`));
  });
});
