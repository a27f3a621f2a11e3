import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SnapshotFile, type Balancer, type ServiceConfig } from '../../../src/index.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import type { TinyServer } from '../../support/tiny-server.ts';
import { BalancerScene, tcpService } from './balancer-scene.ts';

const folder = temporaryFolder();
const client = '127.0.0.2';

let scene: BalancerScene;
let servers: TinyServer[];

beforeEach(async () => {
  scene = new BalancerScene();
  servers = [await scene.addServer('s1'), await scene.addServer('s2')];
});
afterEach(() => scene.close());

function dicom(persistence: ServiceConfig['persistence'], changes: object = {}): ServiceConfig {
  const options = servers.map((server) => server.options);
  return tcpService('DICOM', options, { ...(persistence === undefined ? {} : { persistence }), ...changes });
}

/** Replaces the service, and leaves its sessions alone. @returns when they have ended */
async function replace(balancer: Balancer, next: ServiceConfig): Promise<{ readonly ended: Promise<void> }> {
  const before = scene.facts.of('listenerStarted').length;
  const ended = balancer.apply({ services: [next] }, { graceMs: Infinity });
  await scene.facts.count('listenerStarted', before + 1);
  await setImmediate();
  return { ended };
}

describe('a table without a name', () => {
  it.each([
    ['other options of the service', {}, { maxConnectAttempts: 1 }],
    ['another time to live', { ttlMs: 50_000 }, {}],
    ['fewer entries', { maxEntries: 100 }, {}],
    ['more entries than its memory holds', { maxEntries: 20_000_000 }, {}],
    ['another seed', { seed: 77 }, {}],
    ['a name', { table: 'clients' }, {}],
  ])('keeps its entries through %s', async (_what, settings, changes) => {
    const balancer = await scene.start(dicom({ kind: 'sourceIp' }));
    const known = await scene.session('DICOM', client);
    const { ended } = await replace(balancer, dicom({ kind: 'sourceIp', ...settings }, changes));
    expect(balancer.explain(client).get('DICOM')).toEqual({ server: known.text, reason: 'table' });
    for (let visit = 0; visit < 3; visit++)
      expect((await scene.session('DICOM', client)).text).toBe(known.text);
    known.socket.resetAndDestroy();
    await ended;
  });

  it('keeps them in a chain, from a name to none, and from one name to another', async () => {
    const balancer = await scene.start(dicom({ kind: 'sourceIp' }));
    const { text } = await scene.session('DICOM', client);
    const persistences = [
      { kind: 'chain', of: [{ kind: 'sourceIp', table: 'one' }] },
      { kind: 'sourceIp', table: 'other' },
      { kind: 'sourceIp' },
    ] as const;
    for (const persistence of persistences) {
      await balancer.apply({ services: [dicom(persistence)] }, { graceMs: 0 });
      expect(balancer.explain(client).get('DICOM')).toEqual({ server: text, reason: 'table' });
    }
  });

  it('starts anew with keys of another kind', async () => {
    const balancer = await scene.start(dicom({ kind: 'sourceIp' }));
    await scene.session('DICOM', client);
    await balancer.apply({ services: [dicom({ kind: 'sourceIp', prefixV4: 24 })] }, { graceMs: 0 });
    expect(balancer.table('DICOM').size).toBe(0);
  });

  it('is as before where the change fails', async () => {
    const balancer = await scene.start(dicom({ kind: 'sourceIp' }));
    const { text } = await scene.session('DICOM', client);
    const taken = tcpService('OTHER', [], { port: servers[0]!.port, host: servers[0]!.host });
    const services = [dicom({ kind: 'sourceIp', seed: 5 }), taken];
    await expect(balancer.apply({ services })).rejects.toMatchObject({ code: 'SLUICE_ERR_ADDRESS_IN_USE' });
    expect((await scene.session('DICOM', client)).text).toBe(text);
  });

  it('gives its entries to a shared table, and not before the change has come off', async () => {
    const shared = dicom({ kind: 'sourceIp', table: 'clients' }, { name: 'QUERY' });
    const balancer = await scene.start(dicom({ kind: 'sourceIp' }), shared);
    const { text } = await scene.session('DICOM', client);
    const moved = dicom({ kind: 'sourceIp', table: 'clients' });
    const taken = tcpService('OTHER', [], { port: servers[0]!.port, host: servers[0]!.host });
    await expect(balancer.apply({ services: [moved, shared, taken] })).rejects.toMatchObject({
      code: 'SLUICE_ERR_ADDRESS_IN_USE',
    });
    expect(balancer.table('QUERY').size).toBe(0);
    await balancer.apply({ services: [moved, shared] }, { graceMs: 0 });
    expect(balancer.explain(client).get('QUERY')).toEqual({ server: text, reason: 'table' });
  });

  it('is held by sessions of the service that was replaced, however long they last', async () => {
    const balancer = await scene.start(dicom({ kind: 'sourceIp', ttlMs: 400 }));
    const long = await scene.session('DICOM', client);
    const { ended } = await replace(balancer, dicom({ kind: 'sourceIp', ttlMs: 500 }));
    await sleep(1200);
    expect(await balancer.table('DICOM').find(client)).toMatchObject([{ server: long.text, sessions: 1 }]);
    expect((await scene.session('DICOM', client)).text).toBe(long.text);
    long.socket.resetAndDestroy();
    await ended;
  });
});

describe('the table of a service', () => {
  it('says how many sessions hold an entry, and decides where the next one goes', async () => {
    const balancer = await scene.start(dicom({ kind: 'sourceIp', ttlMs: Infinity }));
    const table = balancer.table('DICOM');
    const sessions = [await scene.session('DICOM', client), await scene.session('DICOM', client)];
    const { text } = sessions[0]!;
    expect(await table.find(client)).toEqual([{ client, server: text, expiresInMs: Infinity, sessions: 2 }]);
    const other = text === 's1' ? 's2' : 's1';
    table.set(client, other);
    expect(await table.find(client)).toMatchObject([{ server: other, sessions: 0 }]);
    expect((await scene.session('DICOM', client)).text).toBe(other);
    expect(await table.clear({ server: other })).toBe(1);
    expect(balancer.explain(client).get('DICOM')?.reason).toBe('balance');
  });
});

describe('a snapshot file', () => {
  it('sends clients to the same servers after a restart, orders included', async () => {
    const path = join(folder, 'dicom.snapshot');
    const config = { services: [dicom({ kind: 'sourceIp' })] };
    const clients = Array.from({ length: 8 }, (_, index) => `127.0.1.${index + 1}`);
    const first = scene.build(config);
    const file = new SnapshotFile(first, { path });
    expect(await file.restore()).toBeUndefined();
    await first.start();
    file.start();
    const texts: string[] = [];
    for (const address of clients) texts.push((await scene.session('DICOM', address)).text);
    first.setWeight({ server: 's1', weight: 3 });
    await first.stop({ graceMs: 0 });
    await file.stop();

    const second = scene.build(config);
    await using again = new SnapshotFile(second, { path });
    expect(await again.restore()).toMatchObject({ entries: { restored: 8 }, orders: { restored: 1 } });
    await second.start();
    const explained = clients.map((address) => second.explain(address).get('DICOM'));
    expect(explained).toEqual(texts.map((server) => ({ server, reason: 'table' })));
  });
});
