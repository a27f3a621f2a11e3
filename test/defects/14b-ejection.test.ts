import { describe, expect, it } from 'vitest';
import { Lease } from '../../src/pool/lease.ts';
import type { Pool } from '../../src/pool/pool.ts';
import { ClientsInTurn } from '../support/clients-in-turn.ts';
import { numberedClient } from '../support/policies.ts';
import { TestService } from '../support/test-service.ts';

const two = ['a', 'b'].map((name) => ({ name, host: '192.0.2.1' }));
const check = { intervalMs: 1000, fastIntervalMs: 500, startJitterMs: 0, rise: 2, fall: 3 };

function failToConnect(pool: Pool, name: string, times: number): void {
  for (let i = 0; i < times; i++) pool.connectFailed(pool.require(name));
}

function ejected(pool: Pool): string[] {
  return pool.servers.filter((server) => server.ejected).map(({ name }) => name);
}

describe('defect 14b: passive ejection yields to what is known better', () => {
  it('ends when as many checks as take a server up went well', async () => {
    const service = new TestService({ servers: two, check });
    const { pool, clock } = service;
    await clock.advance(2000);
    service.find('a', 'down');
    failToConnect(pool, 'a', 5);
    expect(ejected(pool)).toEqual(['a']);
    await clock.advance(900);
    service.find('a', 'up');
    // One good check every 500 ms: the second of them ends it, and not the ejection's 10 s.
    await clock.advance(500);
    expect(ejected(pool)).toEqual(['a']);
    await clock.advance(500);
    expect([ejected(pool), pool.get('a')?.health]).toEqual([[], 'up']);
    service.close();
    expect(clock.pending).toBe(0);
  });

  it('asks for twice as many good checks after each ejection that they ended too early', async () => {
    const service = new TestService({ servers: two, check });
    const { pool, clock } = service;
    await clock.advance(2000);
    const outMs: number[] = [];
    for (let round = 0; round < 4; round++) {
      failToConnect(pool, 'a', 5);
      const sinceMs = clock.nowMs();
      while (ejected(pool).length > 0) await clock.advance(10);
      outMs.push(clock.nowMs() - sinceMs);
    }
    // 2, 4, 8 and 16 checks, 500 ms from one to the next; the first one comes at once.
    expect(outMs.map((ms) => Math.round(ms / 500))).toEqual([1, 3, 7, 15]);
    service.close();
  });

  it('leaves nobody out once the others are down, halted or out of reach', async () => {
    const service = new TestService({ servers: two, check: { ...check, fall: 1 } });
    const { pool, clock, selector } = service;
    await clock.advance(0);
    const turnDown: (() => unknown)[] = [
      () => pool.setAdminState('b', 'halt'),
      () => pool.setAdminState('b', 'drain'),
      () => pool.setWeight('b', 0),
      () => pool.updateServers(two.slice(0, 1)),
      () => {
        failToConnect(pool, 'b', 5);
      },
      () => {
        service.find('b', 'down');
        return clock.advance(1000);
      },
    ];
    for (const turn of turnDown) {
      pool.updateServers(two);
      failToConnect(pool, 'a', 5);
      expect(ejected(pool)).toEqual(['a']);
      await turn();
      expect(ejected(pool)).toEqual([]);
      const lease = new Lease();
      selector.select(numberedClient(1), lease, false);
      expect(lease.server).toBeDefined();
      selector.release(lease);
      pool.updateServers([]);
    }
    service.close();
  });

  it('lets a session that reached nobody else try the ejected ones', () => {
    const { pool, selector } = new TestService({ servers: two });
    failToConnect(pool, 'a', 5);
    const lease = new Lease();
    selector.select(numberedClient(1), lease, true);
    expect(lease.server?.name).toBe('b');
    selector.connectFailed(numberedClient(1), lease);
    expect(selector.select(numberedClient(1), lease, true)).toBe('selected');
    expect(lease).toMatchObject({ server: { name: 'a' }, reason: 'redispatch' });
  });

  it('has who may not wait for a full server go to an ejected one', () => {
    const servers = two.map((server) => ({ ...server, maxSessions: 1 }));
    const { pool, selector } = new TestService({ servers });
    failToConnect(pool, 'a', 5);
    selector.select(numberedClient(1), new Lease(), false);
    expect(selector.select(numberedClient(2), new Lease(), true)).toBe('wait');
    expect(selector.select(numberedClient(2), new Lease(), false)).toBe('selected');
  });

  it('refuses nobody in a rolling restart, as without it', async () => {
    // Each server restarts for 1 s, 6 s apart; a client every 10 ms.
    const script = (serverIndex: number, nowMs: number): boolean => {
      const sinceMs = nowMs - 2000 - serverIndex * 6000;
      return sinceMs < 0 || sinceMs >= 1000;
    };
    for (const passiveHealth of [false, {}] as const) {
      const restart = new ClientsInTurn(2, script, { check, pool: { passiveHealth } });
      expect(await restart.run(12_000, 10)).toEqual({ refused: 0, wasEjected: passiveHealth !== false });
    }
  });
});
