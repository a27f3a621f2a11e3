import { describe, expect, it } from 'vitest';
import { leastConnections } from '../../../src/balancing/least-connections.ts';
import { OptionsError } from '../../../src/base/errors.ts';
import { HealthCheck } from '../../../src/health/health-check.ts';
import { Pool } from '../../../src/pool/pool.ts';
import type { PoolOptions } from '../../../src/pool/pool-options.ts';

function problemPaths(options: unknown): string[] {
  try {
    new Pool(options as PoolOptions);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(OptionsError);
    return (error as OptionsError).problems.map(({ path }) => path);
  }
}

const a = { name: 'a', host: '192.0.2.1' };

describe('the options of a pool', () => {
  it('are complete and frozen', () => {
    const { options } = new Pool({ servers: [a] });
    expect(options).toMatchObject({
      healthCheck: undefined,
      passiveHealth: { failures: 5 },
      maxQueued: 1000,
      queueTimeoutMs: 30_000,
      balance: { kind: 'roundRobin' },
    });
    expect(options.servers).toEqual([
      { ...a, weight: 1, backup: false, maxSessions: Infinity, adminState: 'online' },
    ]);
    expect(Object.isFrozen(options) && Object.isFrozen(options.servers[0])).toBe(true);
  });

  it('may state no server at all, but must state so', () => {
    expect(problemPaths({ servers: [] })).toEqual([]);
    expect(problemPaths({})).toEqual(['pool.servers']);
    expect(problemPaths(undefined)).toEqual(['pool']);
    expect(problemPaths({ servers: null })).toEqual(['pool.servers']);
  });

  it('are refused with every problem at once', () => {
    const servers = [
      { name: 'a b', host: '', port: 0 },
      { ...a, weight: 257, maxSessions: 0, adminState: 'off', backup: 'yes', wieght: 1 },
      a,
    ];
    const options = { servers, balance: { kind: 'x' }, maxQueued: -1, queueTimeoutMs: 0.5, passiveHealt: {} };
    expect(problemPaths(options)).toEqual([
      'pool.servers[0].port',
      'pool.servers[0].name',
      'pool.servers[0].host',
      'pool.servers[1].weight',
      'pool.servers[1].backup',
      'pool.servers[1].maxSessions',
      'pool.servers[1].adminState',
      'pool.servers[1]',
      'pool.servers[2].name',
      'pool.balance.kind',
      'pool.maxQueued',
      'pool.queueTimeoutMs',
      'pool',
    ]);
  });

  it('report servers without a name once each, not as one name used twice', () => {
    const host = '192.0.2.1';
    expect(problemPaths({ servers: [{ host }, { host }, { host, name: '' }] })).toEqual([
      'pool.servers[0].name',
      'pool.servers[1].name',
      'pool.servers[2].name',
    ]);
  });

  it.each(['INF_PACS1', 'a.b-c_9', 'x'.repeat(64)])('take the name %s', (name) => {
    expect(problemPaths({ servers: [{ ...a, name }] })).toEqual([]);
  });

  it.each(['', 'a b', 'ü', 'a/b', 'x'.repeat(65), 'a\n', 'a;b'])('refuse the name %j', (name) => {
    expect(problemPaths({ servers: [{ ...a, name }] })).toEqual(['pool.servers[0].name']);
  });

  it.each(['192.0.2.1', '2001:db8::1', 'fe80::1%eth0', 'pacs-1.example'])('take the host %s', (host) => {
    expect(problemPaths({ servers: [{ ...a, host }] })).toEqual([]);
  });

  it.each(['', 'http://pacs', 'a b', '[::1]', 'x'.repeat(254)])('refuse the host %j', (host) => {
    expect(problemPaths({ servers: [{ ...a, host }] })).toEqual(['pool.servers[0].host']);
  });
});

it('a pool made of the options of another is like it, with its present orders', () => {
  const healthCheck = new HealthCheck({ probe: { kind: 'connect' } });
  const pool = new Pool({
    servers: [a, { name: 'b', host: '192.0.2.2', port: 105, weight: 3, backup: true, maxSessions: 7 }],
    balance: leastConnections(),
    healthCheck,
    passiveHealth: false,
    maxQueued: 5,
  });
  pool.setWeight('a', 9);
  pool.setAdminState('b', 'drain');
  const copy = new Pool(pool.toOptions());
  expect(copy.options).toEqual({ ...pool.options, servers: copy.options.servers });
  expect(copy.options.healthCheck).toBe(healthCheck);
  expect(copy.options.servers).toEqual([
    { ...a, weight: 9, backup: false, maxSessions: Infinity, adminState: 'online' },
    {
      name: 'b',
      host: '192.0.2.2',
      port: 105,
      weight: 3,
      backup: true,
      maxSessions: 7,
      adminState: 'drain',
    },
  ]);
  expect(new Pool(new Pool({ servers: [] }).toOptions()).options.passiveHealth).toMatchObject({
    failures: 5,
  });
});
