import http from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { BalancingPolicy } from '../../src/balancing/balancing-policy.ts';
import { chain } from '../../src/persistence/chain.ts';
import { httpCookie } from '../../src/persistence/http-cookie.ts';
import type { Persistence, PersistenceStrategy } from '../../src/persistence/persistence.ts';
import { sourceIpBy } from '../../src/persistence/source-ip.ts';
import { Lease } from '../../src/pool/lease.ts';
import { CookieClient } from '../support/cookie-client.ts';
import { clientOf } from '../support/policies.ts';
import { TestService } from '../support/test-service.ts';
import { noWorkers, WorkersScene } from '../support/workers-scene.ts';

const settings = { ttlMs: 60_000, maxEntries: 100, seed: 0, prefixV4: 32, prefixV6: 128 };
const servers = ['a', 'b'].map((name) => ({ name, host: '192.0.2.1', maxSessions: 1 }));

/** A table of several threads; a claim that comes again and again is given up, so that a test ends. */
function sharedTable(claims: string[]): Persistence {
  const [strategy] = sourceIpBy(settings, true).strategies as [PersistenceStrategy];
  const counting: PersistenceStrategy = {
    reason: strategy.reason,
    needs: strategy.needs,
    lookup: (client, now) => strategy.lookup(client, now),
    learn: (client, server, now) => {
      strategy.learn(client, server, now);
    },
    forget: (client, server, now) => {
      strategy.forget(client, server, now);
    },
    claim(client, server, now) {
      if (claims.push(server) > 1000) throw new Error('it claims for ever');
      return strategy.claim?.(client, server, now) ?? true;
    },
  };
  return { name: 'shared', strategies: [counting] };
}

describe('defect 15: every choice comes to an end', () => {
  it('claims by what it has seen, also where a cookie decided first', () => {
    const claims: string[] = [];
    const cookies = httpCookie();
    const persistence = chain(cookies, sharedTable(claims));
    const { selector, pool } = new TestService({ servers, persistence });
    const client = new CookieClient();
    const first = new Lease();
    selector.select(client, first, false);
    expect(first.server?.name).toBe('a');
    client.accept(cookies.strategies[0]?.setCookie?.(client, 'a', selector.now()));
    // The table sees another client in between.
    selector.select(clientOf('10.9.9.9'), new Lease(), false);
    pool.updateServers([...servers, { name: 'c', host: '192.0.2.1' }]);
    claims.length = 0;
    const second = new Lease();
    expect(selector.select(client, second, false)).toBe('selected');
    expect([second.server?.name, claims]).toEqual(['c', ['c']]);
  });

  it('ends where another thread is always faster, with the server that it has', () => {
    let claims = 0;
    const racing: PersistenceStrategy = {
      ...{ reason: 'racing', needs: ['address'], lookup: () => undefined },
      ...{ learn: () => undefined, forget: () => undefined, claim: () => ++claims < 0 },
    };
    const { selector, pool } = new TestService({
      servers,
      persistence: { name: 'racing', strategies: [racing] },
    });
    const lease = new Lease();
    expect(selector.select(clientOf('10.0.0.1'), lease, false)).toBe('selected');
    expect(claims).toBeLessThan(100);
    selector.release(lease);
    expect(pool.servers.map(({ sessions }) => sessions)).toEqual([0, 0]);
  });

  it('ends where an own policy picks a full server again and again', () => {
    let picks = 0;
    const stubborn: BalancingPolicy = {
      kind: 'stubborn',
      build: ([first]) => ({
        pick() {
          if (++picks > 10_000) throw new Error('it picks for ever');
          return first;
        },
      }),
    };
    const { selector } = new TestService({ servers, pool: { balance: stubborn } });
    selector.select(clientOf('10.0.0.1'), new Lease(), false);
    expect(selector.select(clientOf('10.0.0.2'), new Lease(), true)).toBe('wait');
    expect(picks).toBeLessThan(100);
  });
});

describe.skipIf(noWorkers !== undefined)(
  'defect 15: two requests at once of a client whose server is full',
  () => {
    let scene: WorkersScene | undefined;
    const opened: http.Server[] = [];

    afterEach(async () => {
      for (const server of opened.splice(0)) server.close().closeAllConnections();
      await scene?.close();
    });

    it('are both answered by a worker', async () => {
      const held: http.ServerResponse[] = [];
      const names = ['A', 'B'];
      const addresses = await Promise.all(
        names.map(async (name) => {
          const server = http.createServer((request, response) => {
            if (request.url === '/held') held.push(response);
            else response.end(name);
          });
          opened.push(server);
          await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
          return {
            name,
            host: '127.0.0.1',
            port: (server.address() as { port: number }).port,
            maxSessions: 1,
          };
        }),
      );
      scene = new WorkersScene(1);
      await scene.start({
        ...{ name: 'WEB', mode: 'http', host: '127.0.0.1', port: 0, servers: addresses, maxQueued: 0 },
        persistence: { kind: 'chain', of: [{ kind: 'httpCookie' }, { kind: 'sourceIp' }] },
      });
      const port = scene.portOf('WEB');
      const first = await ask(port, '/');
      const cookie = first.cookie?.split(';')[0] ?? '';
      const heldAnswer = ask(port, '/held', cookie);
      await expect.poll(() => held.length).toBe(1);
      const second = await ask(port, '/', cookie);
      expect([first.body, second.body].sort()).toEqual(names);
      held[0]!.end(first.body);
      expect((await heldAnswer).body).toBe(first.body);
    });
  },
);

function ask(port: number, path: string, cookie = ''): Promise<{ body: string; cookie: string | undefined }> {
  return new Promise((resolve, reject) => {
    const headers = cookie === '' ? {} : { cookie };
    const options = { host: '127.0.0.1', port, path, headers, agent: false, timeout: 4000 };
    const request = http.get(options, (response) => {
      let body = '';
      response.on('data', (chunk) => (body += String(chunk)));
      response.on('end', () => resolve({ body, cookie: response.headers['set-cookie']?.[0] }));
    });
    request.on('timeout', () => request.destroy(new Error('no answer')));
    request.on('error', reject);
  });
}
