import { describe, expect, it } from 'vitest';
import {
  Balancer,
  httpCookie,
  sourceIp,
  type PersistenceSpec,
  type ServiceTable,
} from '../../../src/index.ts';
import { VirtualClock } from '../../../src/runtime/virtual-clock.ts';
import type { TableEntry, TableSelection } from '../../../src/index.ts';

const servers = ['A', 'B'].map((name, index) => ({ name, host: `192.0.2.${index + 1}` }));
const ttlMs = 60_000;

function balancerWith(persistence: PersistenceSpec): { balancer: Balancer; clock: VirtualClock } {
  const clock = new VirtualClock();
  const service = { name: 'PACS', mode: 'tcp', port: 0, servers, persistence } as const;
  const query = { ...service, name: 'QUERY', servers: servers.slice(0, 1) };
  const runtime = { clock, random: () => 0.5, log: () => undefined };
  return { balancer: new Balancer({ services: [service, query] }, { runtime }), clock };
}

async function list(table: ServiceTable, selection?: TableSelection): Promise<readonly TableEntry[]> {
  const entries: TableEntry[] = [];
  for await (const entry of table.entries(selection)) entries.push(entry);
  return entries;
}

async function clients(table: ServiceTable, selection?: TableSelection): Promise<readonly string[]> {
  return (await list(table, selection)).map(({ client }) => client).sort();
}

describe('the table of a service', () => {
  it('lists, finds, sets and clears entries', async () => {
    const { balancer, clock } = balancerWith({ kind: 'sourceIp', ttlMs });
    const table = balancer.table('PACS');
    table.set('10.1.0.1', 'A');
    table.set('2001:db8::7', 'B');
    await clock.advance(20_000);
    table.set('10.1.0.2', 'B');
    table.set('::ffff:10.2.0.3', 'A');
    expect(await list(table, { client: '10.1.0.0/16' })).toEqual([
      { client: '10.1.0.1', server: 'A', expiresInMs: 40_000, sessions: 0 },
      { client: '10.1.0.2', server: 'B', expiresInMs: 60_000, sessions: 0 },
    ]);
    expect(await clients(table)).toEqual(['10.1.0.1', '10.1.0.2', '10.2.0.3', '2001:db8::7']);
    expect(await clients(table, { server: 'B' })).toEqual(['10.1.0.2', '2001:db8::7']);
    expect(await table.find('10.1.0.1')).toMatchObject([{ server: 'A' }]);
    expect(await table.find('10.1.0.9')).toEqual([]);
    expect(await clients(table, { client: '10.1.0.1', server: 'B' })).toEqual([]);
    expect(balancer.explain('10.1.0.2').get('PACS')).toEqual({ server: 'B', reason: 'table' });

    expect(await table.clear({ client: '10.1.0.2', server: 'A' })).toBe(0);
    expect(await table.clear({ client: '10.1.0.2' })).toBe(1);
    expect(await table.clear({ server: 'B' })).toBe(1);
    expect(await clients(table)).toEqual(['10.1.0.1', '10.2.0.3']);
    await clock.advance(40_000);
    expect(await clients(table)).toEqual(['10.2.0.3']);
    // One of the two has expired: it goes, and does not count.
    expect(table.size).toBe(2);
    expect(await table.clear()).toBe(1);
    expect(table.size).toBe(0);
    expect([table.capacity, table.ttlMs]).toEqual([10_240_000, ttlMs]);
  });

  it('goes by the leading bits that its keys have', async () => {
    const { balancer } = balancerWith({ kind: 'sourceIp', prefixV4: 24, prefixV6: 64 });
    const table = balancer.table('PACS');
    table.set('10.1.2.3', 'A');
    table.set('2001:db8::7', 'B');
    expect(await clients(table)).toEqual(['10.1.2.0/24', '2001:db8::/64']);
    expect(await table.find('10.1.2.200')).toMatchObject([{ client: '10.1.2.0/24', server: 'A' }]);
    expect(await clients(table, { client: '10.1.2.128/25' })).toEqual(['10.1.2.0/24']);
    expect(await clients(table, { client: '2001:db8::/32' })).toEqual(['2001:db8::/64']);
    expect(await table.clear({ client: '10.1.2.9' })).toBe(1);
  });

  it('is the same for services that share it, each with its own servers', async () => {
    const { balancer } = balancerWith({ kind: 'sourceIp', table: 'clients' });
    balancer.table('PACS').set('10.1.2.3', 'B');
    expect(await balancer.table('QUERY').find('10.1.2.3')).toMatchObject([{ server: 'B' }]);
    expect(() => balancer.table('QUERY').set('10.1.2.3', 'B')).toThrow("No server 'B'; there are: A");
  });

  it('is one of several, or none', () => {
    const of = [{ kind: 'httpCookie' }, { kind: 'sourceIp', ttlMs }, sourceIp({ ttlMs: 5 })] as const;
    const http = { name: 'WEB', mode: 'http', port: 0, servers, persistence: { kind: 'chain', of } } as const;
    const cookie = { ...http, name: 'COOKIE', persistence: httpCookie() };
    const balancer = new Balancer({ services: [http, cookie] });
    expect([0, 1].map((position) => balancer.table('WEB', position).ttlMs)).toEqual([ttlMs, 5]);
    const notFound = { code: 'SLUICE_ERR_NOT_FOUND' };
    expect(() => balancer.table('WEB', 2)).toThrow(expect.objectContaining(notFound));
    expect(() => balancer.table('COOKIE')).toThrow("Service 'COOKIE' has no stick table");
    expect(() => balancer.table('MWL')).toThrow(expect.objectContaining(notFound));
  });

  it('refuses what is only half understood, at once', async () => {
    const { balancer } = balancerWith({ kind: 'sourceIp' });
    const table = balancer.table('PACS');
    const problem = (path: string) => ({ problems: [expect.objectContaining({ path }) as unknown] });
    expect(() => table.entries({ client: '10.1.2' })).toThrow(
      expect.objectContaining(problem('entries.client')),
    );
    await expect(table.find('pacs1')).rejects.toMatchObject(problem('find.client'));
    await expect(table.clear({ sever: 'A' } as TableSelection)).rejects.toMatchObject(problem('clear'));
    expect(() => table.set('10.1.0.0/16', 'A')).toThrow(expect.objectContaining(problem('client')));
  });
});
