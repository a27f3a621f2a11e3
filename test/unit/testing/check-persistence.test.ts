import { describe, expect, it } from 'vitest';
import type { Client } from '../../../src/model/client.ts';
import { chain } from '../../../src/persistence/chain.ts';
import { httpCookie } from '../../../src/persistence/http-cookie.ts';
import { none } from '../../../src/persistence/none.ts';
import type { Persistence, PersistenceStrategy } from '../../../src/persistence/persistence.ts';
import { sourceIp } from '../../../src/persistence/source-ip.ts';
import { checkPersistence } from '../../../src/testing/check-persistence.ts';

/** As simple as an own strategy can be: by the client's address, for ever. */
function byAddress(
  changes: Partial<PersistenceStrategy> = {},
  servers = new Map<string, string>(),
): Persistence {
  const key = (client: Client): string => client.address.toString();
  const strategy: PersistenceStrategy = {
    reason: 'own',
    needs: ['address'],
    lookup: (client) => servers.get(key(client)),
    learn: (client, server) => void servers.set(key(client), server),
    forget(client, server) {
      if (servers.get(key(client)) === server) servers.delete(key(client));
    },
    ...changes,
  };
  return { name: 'byAddress', strategies: [strategy] };
}

/** As simple as a cookie can be: the server's name. */
function byCookie(changes: Partial<PersistenceStrategy> = {}): Persistence {
  const strategy: PersistenceStrategy = {
    reason: 'cookie',
    needs: ['cookie:S'],
    cookieName: 'S',
    lookup: (client) => /^server-(a|b|late)$/.exec(client.cookie('S') ?? '')?.[1],
    learn: () => undefined,
    forget: () => undefined,
    setCookie: (client, server) =>
      client.cookie('S') === `server-${server}` ? undefined : `S=server-${server}; Path=/`,
    ...changes,
  };
  return { name: 'byCookie', strategies: [strategy] };
}

/** The same, without a word about which cookie that is. */
function byCookieThatServersSee(): Persistence {
  const strategies = byCookie().strategies.map(
    (strategy) =>
      Object.fromEntries(
        Object.entries(strategy).filter(([key]) => key !== 'cookieName'),
      ) as unknown as PersistenceStrategy,
  );
  return { name: 'byCookie', strategies };
}

/** By a cookie that an application sets, kept in a table here; `keyOf` says what of it counts. */
function byApplicationCookie(
  changes: Partial<PersistenceStrategy> = {},
  keyOf: (value: string) => string | undefined = (value) => value,
): Persistence {
  const servers = new Map<string, string>();
  const key = (client: Client): string => {
    const value = client.cookie('JSESSIONID');
    return (value === undefined ? undefined : keyOf(value)) ?? '';
  };
  const strategy: PersistenceStrategy = {
    reason: 'application',
    needs: ['cookie:JSESSIONID'],
    lookup: (client) => servers.get(key(client)),
    learn: (client, server) => {
      if (key(client) !== '') servers.set(key(client), server);
    },
    forget(client, server) {
      if (servers.get(key(client)) === server) servers.delete(key(client));
    },
    ...changes,
  };
  return { name: 'byApplication', strategies: [strategy] };
}

describe('checkPersistence', () => {
  it.each<[string, () => Persistence]>([
    ['sourceIp', () => sourceIp()],
    ['sourceIp by network', () => sourceIp({ prefixV4: 24 })],
    ['httpCookie', () => httpCookie()],
    ['a chain', () => chain(httpCookie(), sourceIp({ maxEntries: 2 }))],
    ['none', none],
    ['a simple own one', () => byAddress()],
    ['a simple cookie', () => byCookie()],
    ["an application's cookie", () => byApplicationCookie()],
    ["a part of an application's cookie", () => byApplicationCookie({}, (value) => value.slice(0, 8))],
    ["an application's cookie, in a chain", () => chain(byApplicationCookie(), httpCookie(), sourceIp())],
    ['a cookie that servers see', () => byCookieThatServersSee()],
  ])('is content with %s', (_what, make) => {
    expect(() => {
      checkPersistence(make);
    }).not.toThrow();
  });

  it('gives strategies the form of cookie that they expect', () => {
    const make = (): Persistence => byApplicationCookie({}, (value) => /^user-\d+$/.exec(value)?.[0]);
    expect(() => {
      checkPersistence(make);
    }).toThrow('remembers the server that it learned');
    const names = new Set<string>();
    checkPersistence(make, {
      cookie: (name, client) => {
        names.add(name);
        return `user-${client + 7}`;
      },
    });
    expect([...names]).toEqual(['JSESSIONID']);
  });

  const remembered = new Map<string, string>();
  let lookups = 0;
  let kept: Client | undefined;
  it.each<[string, () => Persistence]>([
    ['remembers no client at first', () => byAddress({}, remembered)],
    ['remembers the server that it learned', () => byAddress({ learn: () => undefined })],
    ['remembers the server that it learned', () => byApplicationCookie({ needs: ['cookie:jsessionid'] })],
    ['remembers a server that register never named', () => byCookie({ lookup: (c) => c.cookie('S')?.at(7) })],
    [
      'learned last',
      () => {
        const servers = new Map<string, string>();
        const learn = (client: Client, server: string): void => {
          if (!servers.has(String(client.address))) servers.set(String(client.address), server);
        };
        return byAddress({ learn }, servers);
      },
    ],
    [
      'keeps clients apart',
      () => {
        let last: string | undefined;
        kept = undefined;
        const learn = (client: Client, server: string): void => {
          kept = client;
          last = server;
        };
        return byAddress({
          learn,
          lookup: (client) => (client.address === kept?.address ? last : undefined),
        });
      },
    ],
    [
      'keeps an entry',
      () => {
        const servers = new Map<string, string>();
        return byAddress({ forget: () => servers.clear() }, servers);
      },
    ],
    ['forgets a reservation', () => byAddress({ forget: () => undefined })],
    [
      'never returns an entry again',
      () => {
        const servers = new Map<string, string>();
        const lookup: PersistenceStrategy['lookup'] = (client, { nowMs }) =>
          nowMs > 1_001_000 && lookups++ % 2 === 0 ? undefined : servers.get(String(client.address));
        return byAddress({ lookup }, servers);
      },
    ],
    [
      'reads only the facts in its needs',
      () => {
        const servers = new Map<string, string>();
        const forget = (client: Client): void => {
          client.cookie('S');
          servers.clear();
        };
        return byAddress(
          { forget: (client, server) => (server === 'a' ? forget(client) : undefined) },
          servers,
        );
      },
    ],
    [
      'ignores cookies',
      () =>
        byCookie({
          lookup: (client) => /^(?:server-)?(a|b|late|z{26})$/.exec(client.cookie('S') ?? '')?.[1],
        }),
    ],
    ['keeps clients apart', () => byApplicationCookie({}, (value) => String(value.length))],
    ['forgets a reservation', () => byApplicationCookie({ forget: () => undefined })],
    [
      'ignores cookies',
      () => {
        const right = byApplicationCookie().strategies[0]!;
        const isLong = (client: Client): boolean => (client.cookie('JSESSIONID') ?? '').length > 1000;
        const lookup: PersistenceStrategy['lookup'] = (client, now) =>
          isLong(client) ? 'a' : right.lookup(client, now);
        return byApplicationCookie({ ...right, lookup });
      },
    ],
    [
      'remembers no client at first',
      () => byApplicationCookie({ lookup: (client) => client.cookie('JSESSIONID') }),
    ],
    ['sets a cookie', () => byCookie({ setCookie: (_client, server) => `S=server-${server}` })],
  ])('finds out who breaks the rule: %s', (rule, make) => {
    remembered.clear();
    remembered.set('198.51.100.1', 'a');
    expect(() => {
      checkPersistence(make);
    }).toThrow(
      new RegExp(
        `^by(Address|Cookie|Application), strategy '(own|cookie|application)', breaks the rule: .*${rule}`,
      ),
    );
  });

  it('finds out who does not always have the same strategies', () => {
    const made: Persistence[] = [byAddress()];
    expect(() => {
      checkPersistence(() => made.pop() ?? none());
    }).toThrow('byAddress: does not always have the same strategies');
  });
});
