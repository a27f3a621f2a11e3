import { describe, expect, it } from 'vitest';
import type { ProbeFinishedEvent } from '../../../src/index.ts';
import type { Pool } from '../../../src/pool/pool.ts';
import { TestService } from '../../support/test-service.ts';

const servers = ['a', 'b', 'c', 'd'].map((name) => ({ name, host: '192.0.2.1' }));
const passiveHealth = { failures: 3, ejectMs: 10_000, maxEjectedRatio: 0.5 };

function failToConnect(pool: Pool, name: string, times: number): void {
  for (let i = 0; i < times; i++) pool.connectFailed(pool.require(name));
}

function ejected(pool: Pool): string[] {
  return pool.servers.filter((server) => server.ejected).map(({ name }) => name);
}

describe('passive ejection', () => {
  it('takes a server out after so many failures in a row, and back in after its time', async () => {
    const { pool, clock, facts } = new TestService({ servers, pool: { passiveHealth } });
    const heard: unknown[] = [];
    facts.on('serverEjected', (fact) => heard.push(fact));
    facts.on('serverReadmitted', (fact) => heard.push(fact));
    failToConnect(pool, 'a', 2);
    pool.connected(pool.require('a'));
    failToConnect(pool, 'a', 2);
    expect(ejected(pool)).toEqual([]);
    failToConnect(pool, 'a', 1);
    expect(ejected(pool)).toEqual(['a']);
    await clock.advance(9_999);
    expect(ejected(pool)).toEqual(['a']);
    await clock.advance(1);
    expect(ejected(pool)).toEqual([]);
    const common = { service: 'SERVICE', server: 'a' };
    expect(heard).toEqual([
      { ...common, forMs: 10_000, atMs: clock.wallMs() - 10_000 },
      { ...common, atMs: clock.wallMs() },
    ]);
  });

  it('takes twice as long the next time', async () => {
    const { pool, clock } = new TestService({ servers, pool: { passiveHealth } });
    failToConnect(pool, 'a', 3);
    await clock.advance(10_000);
    failToConnect(pool, 'a', 3);
    await clock.advance(19_999);
    expect(ejected(pool)).toEqual(['a']);
    await clock.advance(1);
    expect(ejected(pool)).toEqual([]);
  });

  it('leaves as many as the cap says, and takes the next one when there is room again', async () => {
    const { pool, clock } = new TestService({ servers, pool: { passiveHealth } });
    for (const name of ['a', 'b', 'c']) failToConnect(pool, name, 3);
    expect(ejected(pool)).toEqual(['a', 'b']);
    await clock.advance(10_000);
    failToConnect(pool, 'c', 1);
    expect(ejected(pool)).toEqual(['c']);
  });

  it('never takes the last server, and none where it is off', () => {
    const alone = new TestService({ servers: servers.slice(0, 1), pool: { passiveHealth } });
    const off = new TestService({ servers, pool: { passiveHealth: false } });
    for (const { pool } of [alone, off]) {
      failToConnect(pool, 'a', 50);
      expect(ejected(pool)).toEqual([]);
    }
  });

  it('ends with the service, and with the server', () => {
    const service = new TestService({ servers, pool: { passiveHealth } });
    const { pool, clock } = service;
    failToConnect(pool, 'a', 3);
    failToConnect(pool, 'b', 3);
    const removed = pool.require('a');
    pool.updateServers(servers.slice(1));
    expect([removed.ejected, clock.pending]).toEqual([false, 1]);
    service.close();
    expect([ejected(pool), clock.pending]).toEqual([[], 0]);
  });
});

describe('the active check', () => {
  const check = { intervalMs: 60_000, fastIntervalMs: 60_000, startJitterMs: 0, rise: 1, fall: 1 };

  it('is published with what it found before and now', async () => {
    const service = new TestService({ servers: servers.slice(0, 1), check });
    const { clock, facts, pool } = service;
    const heard: unknown[] = [];
    facts.on('serverHealthChanged', ({ server, previous, current, reason, atMs }) => {
      heard.push([server, previous, current, reason, atMs, pool.pick(null as never, [])?.name]);
    });
    const reports: unknown[] = [];
    facts.on('probeFinished', ({ server, report, atMs }) => {
      reports.push([server, report.code, atMs, pool.get('a')?.lastProbe === report]);
    });
    await clock.advance(0);
    service.find('a', 'down');
    await clock.advance(60_000);
    const nowMs = clock.wallMs();
    expect(heard).toEqual([
      ['a', 'unknown', 'up', 'a is up', nowMs - 60_000, 'a'],
      ['a', 'up', 'down', 'a is down', nowMs, undefined],
    ]);
    expect(reports).toEqual([
      ['a', 'up', nowMs - 60_000, true],
      ['a', 'down', nowMs, true],
    ]);
    service.close();
  });

  it('is made at once when a client could not connect', async () => {
    const service = new TestService({ servers, check });
    await service.clock.advance(1000);
    service.find('a', 'down');
    service.pool.connectFailed(service.pool.require('a'));
    await service.clock.advance(0);
    expect(service.pool.get('a')?.health).toBe('down');
    service.close();
  });

  it.each([
    ['abort', ['a']],
    ['keep', []],
  ] as const)('cuts the sessions of a server that goes down where it says so: %s', async (onDown, cut) => {
    const service = new TestService({ servers, check: { ...check, onDown } });
    service.find('a', 'down');
    await service.clock.advance(0);
    expect(service.aborted).toEqual(cut);
    service.close();
  });
});

describe('what a server counts', () => {
  it('are its ejections', async () => {
    const { pool, clock } = new TestService({ servers, pool: { passiveHealth } });
    failToConnect(pool, 'a', 3);
    await clock.advance(10_000);
    failToConnect(pool, 'a', 3);
    expect(pool.servers.map(({ ejectionsTotal }) => ejectionsTotal)).toEqual([2, 0, 0, 0]);
  });

  it('are its probes, how long they took, and those that speak against it', async () => {
    const check = { intervalMs: 1000, timeoutMs: 500, startJitterMs: 0 };
    const service = new TestService({ servers, check });
    const heard: ProbeFinishedEvent[] = [];
    service.facts.on('probeFinished', (fact) => heard.push(fact));
    service.find('b', 'down');
    service.find('c', 'unknown');
    await service.clock.advance(5_000);
    service.close();
    for (const { name, probesTotal, probeFailuresTotal, probesTookMs } of service.pool.servers) {
      const reports = heard.filter(({ server }) => server === name).map(({ report }) => report);
      expect(reports.length, name).toBeGreaterThan(3);
      expect(probesTotal).toBe(reports.length);
      expect(probeFailuresTotal).toBe(reports.filter(({ ok }) => !ok).length);
      expect(probesTookMs).toBe(reports.reduce((sum, { tookMs }) => sum + tookMs, 0));
    }
    expect(service.pool.get('c')!.probesTookMs).toBeGreaterThanOrEqual(1_500);
  });
});
