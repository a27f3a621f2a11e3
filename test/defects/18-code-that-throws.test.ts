import { afterEach, describe, expect, it } from 'vitest';
import type { BalancingPolicy } from '../../src/balancing/balancing-policy.ts';
import { leastConnections } from '../../src/balancing/least-connections.ts';
import { Listener } from '../../src/index.ts';
import type { Persistence, PersistenceStrategy } from '../../src/persistence/persistence.ts';
import { Lease } from '../../src/pool/lease.ts';
import { withSafeLog } from '../../src/runtime/safe-log.ts';
import { closedPort } from '../support/closed-port.ts';
import { closeAll, get, openHttpServer, openHttpService, RawClient } from '../support/http-harness.ts';
import { numberedClient } from '../support/policies.ts';
import { TestService } from '../support/test-service.ts';

afterEach(closeAll);

const calls = ['lookup', 'learn', 'claim', 'forget', 'setCookie', 'register'] as const;
type Call = (typeof calls)[number];

/** Remembers by address, sets a cookie each time, and throws in every so many-th call of one method. */
function throwing(call: Call, every: number): Persistence & { count: number } {
  const servers = new Map<string, string>();
  const persistence = { name: 'own', strategies: [] as PersistenceStrategy[], count: 0 };
  const maybeThrow = (name: Call): void => {
    if (name === call && ++persistence.count % every === 0)
      throw new TypeError(`${name} of patient DOE^JOHN`);
  };
  const strategy: PersistenceStrategy = {
    reason: 'own',
    needs: ['cookie:OWN'],
    lookup: ({ address }) => {
      maybeThrow('lookup');
      return servers.get(address.toString());
    },
    learn: ({ address }, server) => {
      maybeThrow('learn');
      servers.set(address.toString(), server);
    },
    forget: ({ address }) => {
      maybeThrow('forget');
      servers.delete(address.toString());
    },
    setCookie: (_client, server) => {
      maybeThrow('setCookie');
      return `S=${server}`;
    },
    register: () => {
      maybeThrow('register');
    },
  };
  if (call === 'claim') {
    strategy.claim = ({ address }, server) => {
      maybeThrow('claim');
      servers.set(address.toString(), server);
      return true;
    };
  }
  persistence.strategies.push(strategy);
  return persistence;
}

describe('defect 18: code of the user that throws', () => {
  it.each(calls)('costs no place and no answer: %s', async (call) => {
    const server = await openHttpServer('A');
    const refusing = await closedPort();
    const persistence = throwing(call, call === 'lookup' || call === 'setCookie' ? 10 : 1);
    const service = await openHttpService({
      servers: [
        // The first to be picked refuses, which leads to `forget`.
        { name: 'B', host: '127.0.0.1', port: refusing, maxSessions: 20 },
        { name: 'A', host: '127.0.0.1', port: server.port, maxSessions: 20 },
      ],
      pool: { maxQueued: 0, passiveHealth: false },
      persistence,
    });
    const failures = service.record('extensionFailed');
    const client = await RawClient.connect(service.port);
    for (let request = 0; request < 60; request++) {
      if (request === 30) service.pool.updateServers(service.pool.toOptions().servers);
      expect(await client.ask(get('/'))).toMatch(/^HTTP\/1.1 200 /);
    }
    expect(persistence.count).toBeGreaterThan(0);
    expect(service.leases).toBe(0);
    // That of the start was told before anybody could listen, and is not told again so soon.
    if (call === 'register') return;
    expect(failures).toMatchObject([{ service: 'WEB', extension: "persistence 'own'", call, count: 1 }]);
  });

  it('is told once in a while, and what it threw does not reach the log', async () => {
    const service = new TestService({
      servers: [{ name: 'a', host: '192.0.2.1' }],
      persistence: { ...throwing('learn', 1), name: 'own' },
    });
    const { clock, selector, facts } = service;
    const counts: number[] = [];
    facts.on('extensionFailed', ({ call, count, error }) => {
      expect([call, error]).toEqual(['learn', expect.any(TypeError)]);
      counts.push(count);
    });
    for (let second = 0; second < 21; second++) {
      const lease = new Lease();
      expect(selector.select(numberedClient(second), lease, false)).toBe('selected');
      selector.release(lease);
      await clock.advance(1000);
    }
    expect(counts).toEqual([1, 10, 10]);
    expect(service.log.join()).toContain("SERVICE: learn of persistence 'own' threw: TypeError");
    expect(service.log.join()).not.toContain('DOE');
  });

  it.each(['build', 'pick'] as const)('leaves orders and choices possible: %s of a policy', (call) => {
    let throws = false;
    const own: BalancingPolicy = {
      kind: 'own',
      build(servers, random, previous) {
        if (throws && call === 'build') throw new Error('no');
        const picker = leastConnections().build(servers, random, previous);
        return {
          pick(client, tried) {
            if (throws && call === 'pick') throw new Error('no');
            return picker.pick(client, tried);
          },
        };
      },
    };
    const servers = ['a', 'b', 'c'].map((name) => ({ name, host: '192.0.2.1' }));
    const service = new TestService({ servers, pool: { balance: own } });
    const { pool } = service;
    const failed: string[] = [];
    service.facts.on('extensionFailed', (fact) => failed.push(`${fact.call} of ${fact.extension}`));
    throws = true;
    pool.setWeight('a', 2);
    pool.setAdminState('a', 'halt');
    const picked = [1, 2, 3, 4].map((client) => pool.pick(numberedClient(client), [])?.name);
    expect(picked).toEqual(['b', 'c', 'b', 'c']);
    expect(failed).toEqual([`${call} of balancing policy 'own'`]);
    throws = false;
    pool.setAdminState('b', 'halt');
    expect(pool.pick(numberedClient(1), [])?.name).toBe('c');
    throws = true;
    expect(() => {
      service.close();
    }).not.toThrow();
  });

  it('does not keep a listener from stopping', async () => {
    let throws = false;
    const balance: BalancingPolicy = {
      kind: 'own',
      build() {
        if (throws) throw new Error('no');
        return { pick: () => undefined };
      },
    };
    const pool = { servers: [{ name: 'a', host: '127.0.0.1', port: 9 }], balance };
    const listener = new Listener({ name: 'S', mode: 'tcp', host: '127.0.0.1', port: 0, pool });
    await listener.start();
    throws = true;
    listener.pool.setAdminState('a', 'halt');
    await expect(listener.stop({ graceMs: 0 })).resolves.toBeUndefined();
  });

  it('may be a log, which loses its line', async () => {
    const fail = (): never => {
      throw new Error('disk full');
    };
    const { log } = withSafeLog({ clock: null as never, random: () => 0, log: fail });
    expect(() => {
      log('info', 'x');
    }).not.toThrow();
    const rejecting = (() => Promise.reject(new Error('disk full'))) as () => void;
    withSafeLog({ clock: null as never, random: () => 0, log: rejecting }).log('info', 'x');
    await new Promise((resolve) => setImmediate(resolve));
  });
});
