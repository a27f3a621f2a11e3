import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chain } from '../../src/persistence/chain.ts';
import { httpCookie } from '../../src/persistence/http-cookie.ts';
import { sourceIp, sourceIpBy } from '../../src/persistence/source-ip.ts';
import { Lease } from '../../src/pool/lease.ts';
import { TcpScene } from '../integration/tcp/tcp-scene.ts';
import { clientOf, numberedClient } from '../support/policies.ts';
import { TestService } from '../support/test-service.ts';

const ttlMs = 60_000;
const servers = ['a', 'b'].map((name) => ({ name, host: '192.0.2.1' }));
const client = clientOf('10.0.0.1');
const shared = { ttlMs, maxEntries: 1000, seed: 0, prefixV4: 32, prefixV6: 128 };

let scene: TcpScene;

beforeEach(() => {
  scene = new TcpScene();
});

afterEach(() => scene.close());

describe('defect 20: an entry lives as long as a session of its client', () => {
  it.each([
    ['sourceIp', () => sourceIp({ ttlMs })],
    ['a table of several threads', () => sourceIpBy(shared, true)],
    ['a chain', () => chain(httpCookie(), sourceIp({ ttlMs }))],
  ])('and its time counts from the end: %s', async (_what, persistence) => {
    const service = new TestService({ servers, persistence: persistence() });
    const { selector, clock } = service;
    const long = new Lease();
    selector.select(client, long, false);
    expect(long.server?.name).toBe('a');
    await clock.advance(10 * ttlMs + 12_345);
    expect(selector.explain(client)).toMatchObject({ server: 'a', reason: 'table' });
    selector.release(long);
    await clock.advance(ttlMs - 1);
    expect(selector.explain(client).reason).toBe('table');
    await clock.advance(1);
    expect(selector.explain(client).reason).toBe('balance');
    service.close();
    expect(clock.pending).toBe(0);
  });

  it('but a session does not take its client back from another server', async () => {
    const service = new TestService({ servers, persistence: sourceIp({ ttlMs }) });
    const { selector, pool, clock } = service;
    const [old, next] = [new Lease(), new Lease()];
    selector.select(client, old, false);
    pool.setAdminState('a', 'halt');
    selector.select(client, next, false);
    expect(next.server?.name).toBe('b');
    selector.release(next);
    pool.setAdminState('a', 'online');
    await clock.advance(ttlMs - 1);
    expect(selector.explain(client).server).toBe('b');
    await clock.advance(1);
    expect(selector.explain(client).reason).toBe('balance');
    selector.release(old);
    expect(selector.explain(client).reason).toBe('balance');
    service.close();
  });

  it('costs a short session no second write, and thousands of long ones one timer', async () => {
    const persistence = sourceIp({ ttlMs });
    let refreshes = 0;
    const [strategy] = persistence.strategies;
    const refresh = strategy!.refresh!.bind(strategy);
    strategy!.refresh = (...args) => {
      refreshes++;
      refresh(...args);
    };
    const service = new TestService({ servers, persistence });
    const { selector, clock } = service;
    for (let index = 0; index < 100; index++) {
      const lease = new Lease();
      selector.select(numberedClient(index), lease, false);
      selector.release(lease);
    }
    expect(refreshes).toBe(0);
    const leases = Array.from({ length: 2000 }, () => new Lease());
    for (const [index, lease] of leases.entries()) selector.select(numberedClient(index), lease, false);
    expect(clock.pending).toBe(1);
    await clock.advance(ttlMs);
    expect(refreshes).toBe(4 * leases.length);
    for (const lease of leases) selector.release(lease);
    service.close();
    expect(clock.pending).toBe(0);
  });

  it('on the wire', async () => {
    await scene.start(3, { persistence: sourceIp({ ttlMs: 400 }) });
    const long = await scene.session('127.0.0.2');
    // So long that the entry would have expired twice, were it not renewed.
    await new Promise((resolve) => setTimeout(resolve, 900));
    for (let index = 0; index < 3; index++) {
      expect(scene.listener.explain('127.0.0.2')).toMatchObject({ server: long.text, reason: 'table' });
      expect((await scene.session('127.0.0.2')).text).toBe(long.text);
    }
  });
});
