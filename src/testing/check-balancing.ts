import type { BalancingPolicy, Picker } from '../balancing/balancing-policy.ts';
import { IpAddress } from '../model/address.ts';
import { AddressClient } from '../model/client.ts';
import { Server } from '../model/server.ts';
import type { Random } from '../runtime/runtime.ts';

const clients = 200;

/**
 * Checks an own balancing policy against what a pool relies on: that it finds a server wherever one can take a
 * session, never one that cannot, and leaves the counting to the pool. It does not check how fair the policy is.
 *
 * @throws Error that names the policy and the rule that it breaks
 */
export function checkBalancing(policy: BalancingPolicy): void {
  for (const [rule, holds] of Object.entries(rules)) {
    if (!holds(policy)) throw new Error(`${policy.kind} breaks the rule: ${rule}`);
  }
}

const rules: Readonly<Record<string, (policy: BalancingPolicy) => boolean>> = {
  'picks no server if there is none': (policy) => {
    const picker = policy.build([], evenly());
    return everyClient((client) => picker.pick(client, []) === undefined);
  },

  'picks every server that has room, and no other, before it gives up': (policy) => {
    const servers = makeServers();
    const picker = policy.build(servers, evenly());
    return everyClient((client) => allPicked(picker, client, servers.length) === 'open,small,wide');
  },

  'uses the room that the servers have now': (policy) => {
    const servers = makeServers();
    const picker = policy.build(servers, evenly());
    for (const server of servers) server.sessions = server.name === 'full' ? 0 : Infinity;
    return everyClient((client) => picker.pick(client, [])?.name === 'full');
  },

  'does not count sessions itself': (policy) => {
    const servers = makeServers();
    const before = servers.map(({ sessions }) => sessions).join();
    const picker = policy.build(servers, evenly());
    everyClient((client) => picker.pick(client, []) !== undefined);
    return servers.map(({ sessions }) => sessions).join() === before;
  },

  'picks only from the servers of its own generation': (policy) => {
    const previous = policy.build(makeServers(), evenly());
    everyClient((client) => previous.pick(client, []) !== undefined);
    const [only] = makeServers();
    const picker = policy.build(only === undefined ? [] : [only], evenly(), previous);
    return everyClient((client) => picker.pick(client, []) === only);
  },

  'returns the next pick from peek, and changes nothing in peek': (policy) => {
    const [seen, unseen] = [policy.build(makeServers(), evenly()), policy.build(makeServers(), evenly())];
    if (seen.peek === undefined) return true;
    return everyClient((client) => {
      const looks = [seen.peek?.(client, []), seen.peek?.(client, [])];
      const picked = seen.pick(client, []);
      return looks.every((server) => server === picked) && unseen.pick(client, [])?.name === picked?.name;
    });
  },

  'accepts the picker of another policy as the previous picker': (policy) => {
    const foreign: Picker = { pick: () => undefined };
    const picker = policy.build(makeServers(), evenly(), foreign);
    return everyClient((client) => picker.pick(client, []) !== undefined);
  },
};

/** `open` has all room, `small` and `wide` some, `full` none; its heavy weight must not tempt anyone. */
function makeServers(): Server[] {
  const make = (name: string, weight: number, sessions: number, maxSessions: number): Server => {
    const server = new Server({ name, host: '192.0.2.1', weight, maxSessions });
    server.sessions = sessions;
    return server;
  };
  return [
    make('open', 1, 0, Infinity),
    make('full', 256, 2, 2),
    make('small', 1, 1, 2),
    make('wide', 7, 0, 2),
  ];
}

/** The names of all servers that a client gets when it can reach none of them. */
function allPicked(picker: Picker, client: AddressClient, limit: number): string {
  const tried: Server[] = [];
  while (tried.length <= limit) {
    const server = picker.pick(client, tried);
    if (server === undefined) break;
    tried.push(server);
  }
  return tried
    .map(({ name }) => name)
    .sort()
    .join();
}

/** Does something hold for many clients? All of them are asked. */
function everyClient(holds: (client: AddressClient) => boolean): boolean {
  const client = new AddressClient(new IpAddress(), 50_000, new IpAddress(), 80);
  let all = true;
  for (let index = 0; index < clients; index++) {
    client.address.setV4(0xc6336400 + index);
    if (!holds(client)) all = false;
  }
  return all;
}

/** Numbers that are spread evenly, the same each time: multiples of the golden ratio. */
function evenly(): Random {
  let last = 0;
  return () => {
    last = (last + 0.618_033_988_749_895) % 1;
    return last;
  };
}
