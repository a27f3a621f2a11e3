import { describe, expect, it } from 'vitest';
import { OptionsError } from '../../../src/base/errors.ts';
import type { BalancingPolicy, Picker } from '../../../src/balancing/balancing-policy.ts';
import type { Server, ServerOptions } from '../../../src/model/server.ts';
import type { PoolContext } from '../../../src/pool/pool-context.ts';
import { Pool } from '../../../src/pool/pool.ts';
import { numberedClient, tally } from '../../support/policies.ts';
import { TestService } from '../../support/test-service.ts';

const abc: readonly ServerOptions[] = ['a', 'b', 'c'].map((name) => ({ name, host: '192.0.2.1' }));
const [a, b, c] = abc as [ServerOptions, ServerOptions, ServerOptions];

/** Whom the pool picks for new clients now. */
function picked(pool: Pool, count = 60, tried: readonly Server[] = []): string[] {
  const names = Array.from({ length: count }, (_, index) => pool.pick(numberedClient(index), tried)?.name);
  return [...tally(names).keys()].map(String).sort();
}

function thrownBy(call: () => void): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('who gets new clients', () => {
  it('follows admin states and weights at once', () => {
    const { pool } = new TestService({ servers: abc });
    expect(picked(pool)).toEqual(['a', 'b', 'c']);
    pool.setAdminState('a', 'drain');
    expect(picked(pool)).toEqual(['b', 'c']);
    pool.setAdminState('b', 'halt');
    expect(picked(pool)).toEqual(['c']);
    pool.setWeight('c', 0);
    expect(picked(pool)).toEqual(['undefined']);
    pool.setAdminState('a', 'online');
    pool.setWeight('c', 256);
    expect(picked(pool, 600)).toEqual(['a', 'c']);
  });

  it('is shared by weight', () => {
    const { pool } = new TestService({ servers: abc });
    pool.setWeight('b', 2);
    const names = Array.from({ length: 400 }, (_, index) => pool.pick(numberedClient(index), [])?.name);
    expect([...tally(names)].sort()).toEqual([
      ['a', 100],
      ['b', 200],
      ['c', 100],
    ]);
  });

  it('follows health at once', async () => {
    const service = new TestService({ servers: abc, check: { intervalMs: 1000, rise: 2, fall: 2 } });
    service.find('a', 'down');
    expect(picked(service.pool)).toEqual(['a', 'b', 'c']);
    await service.clock.advance(500);
    expect(picked(service.pool)).toEqual(['b', 'c']);
    service.find('a', 'up');
    service.find('b', 'down');
    await service.clock.advance(2000);
    expect(picked(service.pool)).toEqual(['a', 'c']);
    service.close();
    expect(service.clock.pending).toBe(0);
  });

  it('is built by the policy once a change, from those who admit and from the picker before', () => {
    const builds: { names: string[]; previous: Picker | undefined; made: Picker }[] = [];
    const balance: BalancingPolicy = {
      kind: 'noting',
      build(servers, _random, previous): Picker {
        const made: Picker = { pick: () => undefined };
        builds.push({ names: servers.map(({ name }) => name), previous, made });
        return made;
      },
    };
    const { pool } = new TestService({ servers: [a, { ...b, backup: true }, c], pool: { balance } });
    const [regular, backups] = builds.splice(0).slice(-2);
    pool.setAdminState('a', 'drain');
    pool.setAdminState('a', 'drain');
    pool.setWeight('b', 1);
    expect(builds.map(({ names }) => names)).toEqual([['c'], ['b']]);
    expect(builds[0]?.previous).toBe(regular?.made);
    expect(builds[1]?.previous).toBe(backups?.made);
  });
});

describe('backups', () => {
  const servers = [a, { ...b, maxSessions: 1 }, { ...c, backup: true }];

  it('get nobody while another server admits new clients, even one that is full', () => {
    const { pool } = new TestService({ servers });
    expect(picked(pool)).toEqual(['a', 'b']);
    pool.setAdminState('a', 'halt');
    pool.get('b')!.sessions = 1;
    expect(picked(pool)).toEqual(['undefined']);
    expect(pool.isFull([])).toBe(true);
  });

  it('get clients where no other server admits any', () => {
    const { pool } = new TestService({ servers });
    pool.setAdminState('a', 'drain');
    pool.setWeight('b', 0);
    expect(picked(pool)).toEqual(['c']);
    pool.setWeight('b', 1);
    expect(picked(pool)).toEqual(['b']);
  });

  it('get who could not reach the others', () => {
    const { pool } = new TestService({ servers });
    const [first, second, backup] = pool.servers as [Server, Server, Server];
    expect(picked(pool, 9, [first])).toEqual(['b']);
    expect(picked(pool, 9, [first, second])).toEqual(['c']);
    expect(picked(pool, 9, [first, second, backup])).toEqual(['undefined']);
  });
});

describe('a pool is full', () => {
  it('where a server that admits new clients lacks nothing but room', () => {
    const { pool } = new TestService({ servers: [{ ...a, maxSessions: 1 }, b] });
    const [first, second] = pool.servers as [Server, Server];
    expect(pool.isFull([])).toBe(false);
    first.sessions = 1;
    expect(pool.isFull([])).toBe(true);
    expect(pool.isFull([second])).toBe(true);
    expect(pool.isFull([first])).toBe(false);
    pool.setAdminState('a', 'drain');
    expect(pool.isFull([])).toBe(false);
  });
});

describe('orders', () => {
  it('are published once they are in force, and only where they change something', () => {
    const service = new TestService({ servers: abc });
    const heard: unknown[] = [];
    service.facts.on('serverAdminStateChanged', (fact) => heard.push(fact, picked(service.pool)));
    service.facts.on('serverWeightChanged', (fact) => heard.push(fact, service.pool.get('b')?.weight));
    service.pool.setAdminState('a', 'halt', 'anna');
    service.pool.setAdminState('a', 'halt');
    service.pool.setWeight('b', 7);
    service.pool.setWeight('b', 7);
    const common = { service: 'SERVICE', atMs: service.clock.wallMs() };
    expect(heard).toEqual([
      { ...common, server: 'a', previous: 'online', current: 'halt', by: 'anna' },
      ['b', 'c'],
      { ...common, server: 'b', previous: 1, current: 7, by: 'program' },
      7,
    ]);
  });

  it('for an unknown server are refused with the names there are', () => {
    const { pool } = new TestService({ servers: [a, b] });
    for (const order of [() => pool.setAdminState('x', 'halt'), () => pool.setWeight('x', 1)]) {
      expect(thrownBy(order)).toMatchObject({
        code: 'SLUICE_ERR_NOT_FOUND',
        message: "No server 'x' in the pool; known servers: a, b",
      });
    }
    expect(thrownBy(() => new Pool({ servers: [] }).require('x'))).toMatchObject({
      message: expect.stringContaining('none') as unknown,
    });
    expect(pool.get(undefined)).toBeUndefined();
  });

  it('that make no sense are refused and change nothing', () => {
    const { pool } = new TestService({ servers: [a] });
    for (const weight of [-1, 257, 1.5, NaN, '1' as unknown as number]) {
      expect(thrownBy(() => pool.setWeight('a', weight))).toBeInstanceOf(OptionsError);
    }
    expect(thrownBy(() => pool.setAdminState('a', 'off' as 'halt'))).toBeInstanceOf(OptionsError);
    expect(pool.get('a')).toMatchObject({ weight: 1, adminState: 'online' });
  });
});

describe('updateServers', () => {
  it('keeps sessions, health and counters of a server whose place did not change', async () => {
    const service = new TestService({ servers: [a, b], check: {} });
    await service.clock.advance(1000);
    const before = service.pool.get('a')!;
    before.sessions = 4;
    before.sessionsTotal = 9;
    service.pool.updateServers([{ ...a, weight: 5, maxSessions: 8 }, b]);
    expect(service.pool.get('a')).toBe(before);
    expect(before).toMatchObject({ sessions: 4, sessionsTotal: 9, health: 'up', weight: 5, maxSessions: 8 });
    service.close();
  });

  it('makes a new server of one that has another host or port', () => {
    const { pool } = new TestService({ servers: [a, { ...b, port: 104 }] });
    const before = pool.servers;
    pool.updateServers([{ ...a, host: '192.0.2.9' }, b]);
    expect(pool.servers.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(pool.servers.some((server) => before.includes(server))).toBe(false);
  });

  it('publishes what changed, and nothing else', () => {
    const service = new TestService({ servers: abc });
    const facts = service.recordFacts();
    service.pool.updateServers([
      { ...a, weight: 2, adminState: 'drain' },
      b,
      { name: 'd', host: '192.0.2.4' },
    ]);
    expect(facts).toEqual([
      'serverRemoved c',
      'serverAdminStateChanged a',
      'serverWeightChanged a',
      'serverAdded d',
    ]);
    facts.length = 0;
    service.pool.updateServers(service.pool.toOptions().servers);
    expect(facts).toEqual([]);
  });

  it('gives a removed server no more clients, and lets its sessions end', () => {
    const { pool } = new TestService({ servers: abc });
    const removed = pool.get('c')!;
    removed.sessions = 1;
    pool.updateServers([a, b]);
    expect(picked(pool)).toEqual(['a', 'b']);
    expect(pool.get('c')).toBeUndefined();
    expect(removed.adminState).toBe('halt');
    removed.sessions = 0;
    expect(() => pool.released(removed)).not.toThrow();
  });

  it('checks who is new and no longer who is gone', async () => {
    const service = new TestService({ servers: [a, b], check: { intervalMs: 1000, startJitterMs: 0 } });
    await service.clock.advance(10);
    const probed: string[] = [];
    service.facts.on('probeFinished', ({ server }) => probed.push(server));
    service.pool.updateServers([b, c]);
    await service.clock.advance(1000);
    expect(new Set(probed)).toEqual(new Set(['b', 'c']));
    expect(service.pool.get('c')?.health).toBe('up');
    service.close();
  });

  it('tells persistence the names before anybody who waits may go there', () => {
    const told: string[] = [];
    const strategy = {
      ...{ reason: 'own', needs: ['address'] as const, lookup: () => undefined },
      ...{ learn: () => undefined, forget: () => undefined },
      register: (names: readonly string[]) => told.push(`names ${names.join('')}`),
    };
    const persistence = { name: 'own', strategies: [strategy] };
    const { pool } = new TestService({ servers: [a], persistence });
    pool.queue.add({ onTurn: () => told.push('turn') > 0 });
    pool.updateServers([a, b]);
    expect(told).toEqual(['names a', 'names ab', 'turn']);
  });

  it('changes nothing where the list is wrong', () => {
    const { pool } = new TestService({ servers: abc });
    const before = pool.servers;
    const wrong = [{ ...a, weight: 9 }, { ...b, weight: -1 }, b];
    const error = thrownBy(() => pool.updateServers(wrong)) as OptionsError;
    expect(error.problems.map(({ path }) => path)).toEqual(['servers[1].weight', 'servers[2].name']);
    expect(pool.servers).toBe(before);
    expect(pool.get('a')?.weight).toBe(1);
  });
});

describe('who waits', () => {
  it('is offered a place that becomes free, in order of arrival', () => {
    const { pool } = new TestService({ servers: [{ ...a, maxSessions: 1 }] });
    const server = pool.get('a')!;
    server.sessions = 1;
    const turns: string[] = [];
    for (const name of ['first', 'second']) {
      pool.queue.add({ onTurn: () => turns.push(name) > 0 && ++server.sessions > 0 });
    }
    pool.released(server);
    expect(turns).toEqual([]);
    server.sessions = 0;
    pool.released(server);
    expect([turns, pool.queue.size]).toEqual([['first'], 1]);
  });

  it('has the place of one who gives up in its turn', () => {
    const { pool } = new TestService({ servers: [{ ...a, maxSessions: 1 }] });
    const server = pool.get('a')!;
    const turns: string[] = [];
    pool.queue.add({ onTurn: () => turns.push('gives up') > 0 });
    pool.queue.add({ onTurn: () => turns.push('takes it') > 0 && ++server.sessions > 0 });
    pool.queue.add({ onTurn: () => turns.push('is too late') > 0 });
    pool.released(server);
    expect(turns).toEqual(['gives up', 'takes it']);
  });

  it('has a turn whenever the servers change', async () => {
    const service = new TestService({ servers: [a, b], check: { startJitterMs: 0 } });
    let turns = 0;
    service.pool.queue.add({ onTurn: () => ++turns < 0 });
    await service.clock.advance(1);
    expect(turns).toBe(2);
    service.pool.setAdminState('a', 'drain');
    expect(turns).toBe(3);
    service.pool.setWeight('b', 3);
    expect(turns).toBe(4);
    service.pool.updateServers([a, { ...b, maxSessions: 20 }]);
    expect(turns).toBe(5);
    service.close();
  });
});

describe('settled', () => {
  /** Whether a server has settled, as far as promises tell. */
  async function isSettled(promise: Promise<void>): Promise<boolean> {
    return Promise.race([promise.then(() => true), Promise.resolve().then(() => false)]);
  }

  it('resolves when the last session ends', async () => {
    const { pool } = new TestService({ servers: abc });
    const server = pool.get('a')!;
    const settled = pool.settled(server);
    server.sessions = 1;
    pool.released(server);
    pool.released(pool.get('b')!);
    expect(await isSettled(settled)).toBe(false);
    server.sessions = 0;
    pool.released(server);
    expect(await isSettled(settled)).toBe(true);
  });

  it.each<[string, (pool: Pool) => void]>([
    ['its admin state changes', (pool) => pool.setAdminState('a', 'drain')],
    ['a new list changes its admin state', (pool) => pool.updateServers([{ ...a, adminState: 'drain' }, b])],
    ['it is removed', (pool) => pool.updateServers([b])],
    ['another server takes its name', (pool) => pool.updateServers([{ ...a, host: '192.0.2.9' }, b])],
  ])('resolves when %s', async (_what, change) => {
    const { pool } = new TestService({ servers: [a, b] });
    const server = pool.get('a')!;
    server.sessions = 1;
    const settled = Promise.all([pool.settled(server), pool.settled(server)]).then(() => undefined);
    pool.setAdminState('b', 'drain');
    expect(await isSettled(settled)).toBe(false);
    change(pool);
    await expect(settled).resolves.toBeUndefined();
  });
});

describe('attach and detach', () => {
  it('serves one listener at a time', () => {
    const service = new TestService({ servers: abc, name: 'DICOM' });
    const context = { service: 'QUERY', onServersChanged: (): void => undefined } as unknown as PoolContext;
    expect(thrownBy(() => service.pool.attach(context))).toMatchObject({
      code: 'SLUICE_ERR_STATE',
      message: expect.stringMatching(/'DICOM'.*'QUERY'/) as unknown,
    });
    service.close();
    service.close();
    expect(() => service.pool.attach(context)).not.toThrow();
  });

  it('is not attached where persistence refuses the names', () => {
    const pool = new Pool({ servers: abc });
    const refuse = {
      onServersChanged: (): never => {
        throw new Error('no');
      },
    };
    const context = { service: 'DICOM', port: 104 } as PoolContext;
    expect(() => pool.attach({ ...context, ...refuse })).toThrow('no');
    expect(() => pool.attach({ ...context, onServersChanged: () => undefined })).not.toThrow();
  });

  it('knows nothing of health once it is detached', async () => {
    const service = new TestService({ servers: abc, check: { startJitterMs: 0 } });
    service.find('a', 'down');
    await service.clock.advance(10);
    expect(picked(service.pool)).toEqual(['b', 'c']);
    service.close();
    expect(picked(service.pool)).toEqual(['a', 'b', 'c']);
    expect(service.pool.servers.map(({ health, lastProbe }) => [health, lastProbe])).toEqual(
      Array(3).fill(['unknown', undefined]),
    );
    expect(service.clock.pending).toBe(0);
  });

  it('reaches a server without a port on the port of the service', () => {
    const { pool } = new TestService({ servers: [a, { ...b, port: 11112 }] });
    expect(pool.servers.map((server) => pool.portOf(server))).toEqual([104, 11112]);
  });
});
