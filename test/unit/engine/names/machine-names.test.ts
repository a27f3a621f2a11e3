import dns, { setDefaultResultOrder, setServers } from 'node:dns';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DnsLookup } from '../../../../src/engine/names/dns-lookup.ts';
import { MachineNames } from '../../../../src/engine/names/name-source.ts';
import { systemClock } from '../../../../src/runtime/system-runtime.ts';
import { NameServer } from '../../../support/name-server.ts';
import { onceDoneWithin } from '../../../support/once-faster-than.ts';

describe('names as this machine finds them', () => {
  const serversBefore = dns.getServers();
  let server: NameServer;

  beforeEach(async () => {
    server = await NameServer.start();
    setServers([server.address]);
    setDefaultResultOrder('ipv4first');
  });
  afterEach(() => {
    server.close();
    setServers(serversBefore);
    setDefaultResultOrder('verbatim');
  });

  const find = (host: string, before: readonly string[] = [], signal = new AbortController().signal) =>
    new MachineNames(systemClock).find(host, before, signal);

  it('come from the name server, with their time', async () => {
    server.names.set('pacs1.test', { addresses: ['10.0.0.1', 'fd00::1', '10.0.0.2'], ttl: 20 });
    expect(await find('PACS1.test')).toEqual({
      addresses: ['10.0.0.1', '10.0.0.2', 'fd00::1'],
      holdMs: 20_000,
    });
    expect(server.queries.toSorted()).toEqual(['pacs1.test A', 'pacs1.test AAAA']);
  });

  it('are not asked for where this machine or a standard says them', async () => {
    const loopback: unknown = expect.arrayContaining(['127.0.0.1']);
    expect(await find('localhost')).toMatchObject({ addresses: loopback });
    expect(await find('pacs.localhost.')).toEqual({ addresses: ['127.0.0.1', '::1'], holdMs: 0 });
    await expect(find('pacs1.invalid')).rejects.toMatchObject({ problem: 'absent', code: 'ENOTFOUND' });
    expect(server.queries).toEqual([]);
  });

  it('that a name server has trouble with are silent', async () => {
    server.names.set('pacs1.test', { rcode: 2 });
    await expect(find('pacs1.test')).rejects.toMatchObject({ problem: 'silent', code: 'EAI_AGAIN' });
  });

  it('do not wait for a family that nobody answers for, unless it was there before', async () => {
    server.names.set('pacs1.test', { addresses: ['10.0.0.1'] });
    server.silentTypes.add('AAAA');
    await onceDoneWithin(800, async () => {
      expect((await find('pacs1.test')).addresses).toEqual(['10.0.0.1']);
    });
    const stop = new AbortController();
    let isOver = false;
    const found = find('pacs1.test', ['10.0.0.1', 'fd00::1'], stop.signal).finally(() => (isOver = true));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(isOver).toBe(false);
    stop.abort();
    expect((await found).addresses).toEqual(['10.0.0.1', 'fd00::1']);
  });

  it('can be given up at once, while others are answered', async () => {
    server.names.set('hung.test', 'silent');
    server.names.set('pacs1.test', { addresses: ['10.0.0.1'] });
    const stop = new AbortController();
    const hung = find('hung.test', [], stop.signal);
    expect((await find('pacs1.test')).addresses).toEqual(['10.0.0.1']);
    stop.abort();
    await expect(hung).rejects.toMatchObject({ problem: 'silent' });
  });

  it('are tried as their candidates say', async () => {
    server.names.set('pacs1.b.test', { addresses: ['10.0.0.1'] });
    server.names.set('pacs1.a.test', { rcode: 2 });
    const lookup = new DnsLookup(systemClock, []);
    expect(await lookup.find(['pacs1.none.test', 'pacs1.a.test', 'pacs1.b.test', 'pacs1'])).toMatchObject({
      v4: ['10.0.0.1'],
    });
    expect(await lookup.find(['pacs2.b.test'])).toBe('absent');
    expect(await lookup.find(['pacs1.a.test', 'pacs2.b.test'])).toBe('failing');
    expect(server.queries.some((query) => query.startsWith('pacs1 '))).toBe(false);
  });

  it('have nobody to ask where no name server is', async () => {
    setServers(['127.0.0.1:1']);
    expect(await new DnsLookup(systemClock, []).find(['pacs1.test'])).toBe('nobody');
  });
});
