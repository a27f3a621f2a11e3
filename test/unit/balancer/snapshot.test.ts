import { beforeEach, describe, expect, it } from 'vitest';
import { Balancer, type ServerOptions, type ServiceConfig } from '../../../src/index.ts';
import { VirtualNetwork, type VirtualHost } from '../../../src/testing.ts';

const host = '192.0.2.1';
const client = '198.51.100.1';
const ttlMs = 60_000;
const a: ServerOptions = { name: 'A', host: '192.0.2.11' };
const b: ServerOptions = { name: 'B', host: '192.0.2.12' };

function service(name: string, port: number, changes: object = {}): ServiceConfig {
  return {
    name,
    mode: 'tcp',
    host,
    port,
    servers: [a, b],
    persistence: { kind: 'sourceIp', ttlMs },
    ...changes,
  };
}
const pacs = service('PACS', 104);
const query = service('QUERY', 105);

let network: VirtualNetwork;
let ownHost: VirtualHost;

beforeEach(() => {
  network = new VirtualNetwork();
  ownHost = network.host(host);
});

function build(...services: ServiceConfig[]): Balancer {
  return new Balancer({ engine: network.engine(ownHost), services }, { runtime: network.runtime });
}

const restored = (entries: object, orders: object = {}): object => ({
  entries: { restored: 0, expired: 0, unknownServer: 0, outdated: 0, unknownTable: 0, ...entries },
  orders: { restored: 0, unknown: 0, outdated: 0, ...orders },
});

describe('a snapshot of a balancer', () => {
  it('gives another one its entries, whose time has gone on', async () => {
    const before = build(pacs, query);
    before.table('PACS').set(client, 'B');
    before.table('QUERY').set(client, 'A');
    await network.advance(10_000);
    const snapshot = await before.snapshot();
    await network.advance(20_000);
    const after = build(pacs, query);
    expect(await after.restore(snapshot)).toEqual({ atMs: snapshot.atMs, ...restored({ restored: 2 }) });
    expect(await after.table('PACS').find(client)).toMatchObject([{ server: 'B', expiresInMs: 30_000 }]);
    expect(await after.table('QUERY').find(client)).toMatchObject([{ server: 'A', expiresInMs: 30_000 }]);
    await network.advance(30_000);
    expect(await build(pacs).restore(snapshot)).toMatchObject(restored({ expired: 1, unknownTable: 1 }));
  });

  it('finds a table by its place or its name, where its kind of keys is the same', async () => {
    const named = (table: string, more: object = {}) => ({
      persistence: { kind: 'sourceIp', ttlMs, table, ...more },
    });
    const before = build(service('PACS', 104, named('clients')), service('QUERY', 105, named('clients')));
    before.table('PACS').set(client, 'B');
    const snapshot = await before.snapshot();
    expect(snapshot.tables).toHaveLength(1);

    const unshared = build(pacs, query);
    expect(await unshared.restore(snapshot)).toMatchObject(restored({ restored: 2 }));
    const renamed = build(service('MWL', 204, named('clients')));
    expect(await renamed.restore(snapshot)).toMatchObject(restored({ restored: 1 }));
    const others = build(service('MWL', 204, named('others')));
    expect(await others.restore(snapshot)).toMatchObject(restored({ unknownTable: 1 }));
    const byNetwork = build(service('PACS', 104, named('clients', { prefixV4: 24 })));
    expect(await byNetwork.restore(snapshot)).toMatchObject(restored({ unknownTable: 1 }));
    const withoutB = build(service('PACS', 104, { servers: [a] }));
    expect(await withoutB.restore(snapshot)).toMatchObject(restored({ unknownServer: 1 }));
  });

  it('lets the later use win where both know a client', async () => {
    const balancer = build(pacs);
    balancer.table('PACS').set(client, 'A');
    const first = await balancer.snapshot();
    await network.advance(1000);
    balancer.table('PACS').set(client, 'B');
    const second = await balancer.snapshot();
    const next = build(pacs);
    expect(await next.restore(second)).toMatchObject(restored({ restored: 1 }));
    expect(await next.restore(first)).toMatchObject(restored({ outdated: 1 }));
    expect(await next.table('PACS').find(client)).toMatchObject([{ server: 'B' }]);
  });

  it('has the orders that differ from the configuration, which stand where that did not change', async () => {
    const before = build(pacs, query);
    before.halt({ server: 'A', service: 'PACS' });
    before.setWeight({ server: 'B', weight: 7 });
    const snapshot = await before.snapshot();
    expect(snapshot.orders.map(({ service: of, server }) => `${of} ${server}`)).toEqual([
      'PACS A',
      'PACS B',
      'QUERY B',
    ]);
    const after = build(pacs, query);
    expect(await after.restore(snapshot)).toMatchObject(restored({}, { restored: 3 }));
    expect(after.config).toEqual({ ...before.config, engine: after.config.engine });

    const changed = build(service('PACS', 104, { servers: [a, { ...b, weight: 2 }] }));
    expect(await changed.restore(snapshot)).toMatchObject(
      restored({}, { restored: 1, outdated: 1, unknown: 1 }),
    );
    expect(changed.overview().services[0]?.listeners[0]?.servers).toMatchObject([
      { adminState: 'halt' },
      { weight: 2 },
    ]);
  });

  it('goes on with a drain, whose deadline goes on as well', async () => {
    const before = build(pacs);
    await network.until(before.start());
    const drained = before.drain({ server: 'A', deadlineMs: 60_000, quietForMs: 50_000, then: 'halt' });
    await network.advance(10_000);
    const snapshot = await before.snapshot();
    expect(snapshot.orders).toMatchObject([
      { server: 'A', adminState: 'drain', drain: { deadlineAtMs: snapshot.atMs + 50_000, then: 'halt' } },
    ]);
    await network.until(before.stop({ graceMs: 0 }));
    before.online({ server: 'A' });
    await network.until(drained);
    expect((await before.snapshot()).orders).toEqual([]);

    await network.advance(15_000);
    const after = build(pacs);
    await after.restore(snapshot);
    const adminState = () => after.overview().services[0]?.listeners[0]?.servers[0]?.adminState;
    expect(adminState()).toBe('drain');
    await network.until(after.start());
    await network.advance(34_000);
    expect(adminState()).toBe('drain');
    await network.advance(2000);
    expect(adminState()).toBe('halt');
    await network.until(after.stop({ graceMs: 0 }));
  });
});
