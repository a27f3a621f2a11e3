import { describe, expect, it } from 'vitest';
import type { ServerOptions } from '../../../src/model/server.ts';
import { sourceIp } from '../../../src/persistence/source-ip.ts';
import { Lease } from '../../../src/pool/lease.ts';
import { clientOf } from '../../support/policies.ts';
import { TestService, type TestServiceOptions } from '../../support/test-service.ts';

const a: ServerOptions = { name: 'a', host: '192.0.2.1' };
const b: ServerOptions = { name: 'b', host: '192.0.2.2' };
const client = clientOf('10.0.0.1');
const other = clientOf('10.0.0.2');

/** A service in which `client` has been to server `a`, and holds no session now. */
function withRemembered(options: Partial<TestServiceOptions> = {}): TestService {
  const service = new TestService({ servers: [a, b], persistence: sourceIp({ ttlMs: 60_000 }), ...options });
  const lease = new Lease();
  service.selector.select(client, lease, false);
  expect(lease.server?.name).toBe('a');
  service.selector.release(lease);
  return service;
}

describe('select', () => {
  it('counts the lease until it is released, once', () => {
    const { selector, pool } = new TestService({ servers: [a] });
    const lease = new Lease();
    expect(selector.select(client, lease, false)).toBe('selected');
    expect(lease).toMatchObject({ server: pool.get('a'), reason: 'balance' });
    expect(pool.get('a')).toMatchObject({ sessions: 1, sessionsTotal: 1 });
    selector.release(lease);
    selector.release(lease);
    expect(lease).toEqual(new Lease());
    expect(pool.get('a')).toMatchObject({ sessions: 0, sessionsTotal: 1 });
  });

  it('finds nothing where there is nothing', () => {
    const { selector } = new TestService({ servers: [] });
    const lease = new Lease();
    expect(selector.select(client, lease, true)).toBe('none');
    expect(lease).toEqual(new Lease());
    selector.release(lease);
    selector.connectFailed(client, lease);
    selector.connected(lease);
  });

  it('waits for the remembered server while it is full, or leaves it for good', () => {
    const service = withRemembered();
    const { selector, pool } = service;
    pool.updateServers([{ ...a, maxSessions: 1 }, b]);
    pool.get('a')!.sessions = 1;
    const lease = new Lease();
    expect(selector.select(client, lease, true)).toBe('wait');
    expect(lease.server).toBeUndefined();
    expect(selector.select(client, lease, false)).toBe('selected');
    expect(lease).toMatchObject({ server: pool.get('b'), reason: 'balance' });
    pool.get('a')!.sessions = 0;
    expect(selector.explain(client)).toEqual({ server: 'b', reason: 'table' });
  });

  it('waits for any server while all are full', () => {
    const { selector, pool } = new TestService({ servers: [{ ...a, maxSessions: 1 }] });
    selector.select(other, new Lease(), false);
    expect(selector.select(client, new Lease(), true)).toBe('wait');
    expect(selector.select(client, new Lease(), false)).toBe('none');
    pool.setAdminState('a', 'drain');
    expect(selector.select(client, new Lease(), true)).toBe('none');
  });

  it('goes to a draining server only for those who were there', () => {
    const { selector, pool } = withRemembered();
    pool.setAdminState('a', 'drain');
    const [known, unknown] = [new Lease(), new Lease()];
    selector.select(client, known, false);
    selector.select(other, unknown, false);
    expect([known.server?.name, known.reason]).toEqual(['a', 'table']);
    expect([unknown.server?.name, unknown.reason]).toEqual(['b', 'balance']);
  });

  it('means the server that has the name now', () => {
    const { selector, pool } = withRemembered();
    pool.updateServers([b]);
    expect(selector.explain(client)).toMatchObject({ server: 'b', reason: 'balance' });
    pool.updateServers([{ ...a, host: '192.0.2.9' }, b]);
    const lease = new Lease();
    selector.select(client, lease, false);
    expect(lease).toMatchObject({ server: { name: 'a', host: '192.0.2.9' }, reason: 'table' });
  });
});

describe('after a connect that failed', () => {
  it('avoids the servers tried, in order, until none is left', () => {
    const { selector, pool } = new TestService({ servers: [a, b] });
    const lease = new Lease();
    selector.select(client, lease, false);
    selector.connectFailed(client, lease);
    expect(lease).toMatchObject({ server: undefined, tried: [pool.get('a')] });
    selector.select(client, lease, false);
    expect(lease).toMatchObject({ server: pool.get('b'), reason: 'redispatch' });
    selector.connectFailed(client, lease);
    expect(selector.select(client, lease, true)).toBe('none');
    expect(lease.tried).toEqual([pool.get('a'), pool.get('b')]);
    expect(pool.servers.map((server) => [server.sessions, server.connectFailuresTotal])).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });

  it('does not remember a server that balancing chose', () => {
    const persistence = sourceIp();
    const { selector } = new TestService({ servers: [a], persistence });
    const lease = new Lease();
    selector.select(client, lease, false);
    selector.connectFailed(client, lease);
    expect(persistence.table.size).toBe(0);
  });

  it('still remembers the server where the client was, unless another one takes it', () => {
    const { selector, pool } = withRemembered();
    const lease = new Lease();
    pool.setAdminState('b', 'halt');
    selector.select(client, lease, false);
    selector.connectFailed(client, lease);
    expect(selector.select(client, lease, false)).toBe('none');
    expect(selector.explain(client)).toEqual({ server: 'a', reason: 'table' });
    pool.setAdminState('b', 'online');
    expect(selector.select(client, lease, false)).toBe('selected');
    expect(selector.explain(client)).toEqual({ server: 'b', reason: 'table' });
  });

  it('leads parallel connections of a client to the same next server', () => {
    const { selector } = new TestService({ servers: [a, b], persistence: sourceIp() });
    const leases = [new Lease(), new Lease(), new Lease()];
    for (const lease of leases) selector.select(client, lease, false);
    expect(leases.map(({ server }) => server?.name)).toEqual(['a', 'a', 'a']);
    for (const lease of [leases[1]!, leases[0]!, leases[2]!]) {
      selector.connectFailed(client, lease);
      selector.select(client, lease, false);
    }
    expect(leases.map(({ server, reason }) => [server?.name, reason])).toEqual([
      ['b', 'table'],
      ['b', 'redispatch'],
      ['b', 'table'],
    ]);
  });

  it('does not send who waits to a server that is ejected for it', () => {
    const { selector, pool } = new TestService({
      servers: [
        { ...a, maxSessions: 1 },
        { ...b, maxSessions: 1 },
      ],
      pool: { passiveHealth: { failures: 1 } },
    });
    const [first, second, waiting] = [new Lease(), new Lease(), new Lease()];
    selector.select(client, first, true);
    selector.select(client, second, true);
    expect(selector.select(other, waiting, true)).toBe('wait');
    pool.queue.add({ onTurn: () => selector.select(other, waiting, true) !== 'wait' });
    selector.connectFailed(client, first);
    expect(waiting.server).toBeUndefined();
    selector.release(second);
    expect(waiting.server?.name).toBe('b');
  });
});

describe('what it tells', () => {
  it('is one decision record a pick, once it is in force', () => {
    const service = withRemembered();
    const { selector, facts, clock, pool } = service;
    const heard: unknown[] = [];
    facts.on('decisionMade', (fact) => heard.push(fact, pool.get(fact.server)?.sessions));
    const lease = new Lease();
    lease.sessionId = 9;
    selector.select(client, lease, false);
    selector.connectFailed(client, lease);
    selector.select(client, lease, false);
    selector.connectFailed(client, lease);
    selector.select(client, lease, false);
    selector.report(client, lease, 'fallback');
    const common = { service: 'SERVICE', sessionId: 9, client: '10.0.0.1:50000', atMs: clock.wallMs() };
    expect(heard).toEqual([
      { ...common, server: 'a', reason: 'table', tried: [] },
      1,
      { ...common, server: 'b', reason: 'redispatch', tried: ['a'] },
      1,
      { ...common, server: undefined, reason: 'fallback', tried: ['a', 'b'] },
      undefined,
    ]);
  });

  it('may make a handler do anything: nobody who waits is served twice', () => {
    const { selector, pool, facts } = new TestService({ servers: [{ ...a, maxSessions: 1 }, b] });
    pool.setAdminState('b', 'drain');
    const first = new Lease();
    selector.select(client, first, true);
    const waiting = [new Lease(), new Lease()];
    for (const lease of waiting) {
      expect(selector.select(other, lease, true)).toBe('wait');
      pool.queue.add({ onTurn: () => selector.select(other, lease, true) !== 'wait' });
    }
    facts.on('decisionMade', () => pool.setAdminState('b', 'online'));
    selector.release(first);
    expect(waiting.map(({ server }) => server?.name)).toEqual(['a', 'b']);
    for (const lease of waiting) selector.release(lease);
    expect(pool.servers.map(({ sessions }) => sessions)).toEqual([0, 0]);
  });
});

describe('explain', () => {
  it('says what select would do, and neither learns nor counts', () => {
    const persistence = sourceIp();
    const { selector, pool } = new TestService({ servers: [a, b], persistence });
    expect(selector.explain(client)).toEqual({ server: 'a', reason: 'balance' });
    expect([persistence.table.size, pool.get('a')?.sessions]).toEqual([0, 0]);
    pool.updateServers([]);
    expect(selector.explain(client)).toEqual({ server: undefined, reason: 'none' });
  });

  it('does not refresh what is remembered', async () => {
    const { selector, clock } = withRemembered();
    await clock.advance(59_999);
    expect(selector.explain(client).reason).toBe('table');
    await clock.advance(1);
    expect(selector.explain(client).reason).toBe('balance');
  });
});

it('an own strategy states its own reason', () => {
  const strategy = {
    reason: 'called AE title',
    needs: ['address'] as const,
    lookup: () => 'b',
    learn: () => undefined,
    forget: () => undefined,
  };
  const persistence = { name: 'own', strategies: [strategy] };
  const { selector } = new TestService({ servers: [a, b], persistence });
  const lease = new Lease();
  selector.select(client, lease, false);
  expect(lease).toMatchObject({ server: { name: 'b' }, reason: 'called AE title' });
});
