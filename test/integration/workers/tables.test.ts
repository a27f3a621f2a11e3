import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PersistenceSpec, ServiceConfig } from '../../../src/index.ts';
import type { TinyServer } from '../../support/tiny-server.ts';
import { noWorkers, WorkersScene } from '../../support/workers-scene.ts';
import { tcpService } from '../balancer/balancer-scene.ts';

const addresses = Array.from({ length: 20 }, (_, index) => `127.0.9.${10 + index}`);

describe.skipIf(noWorkers !== undefined)('tables that workers share', () => {
  let scene: WorkersScene;
  let servers: TinyServer[];

  beforeEach(async () => {
    scene = new WorkersScene(2);
    servers = [await scene.addServer('s1'), await scene.addServer('s2')];
  });
  afterEach(() => scene.close());

  const dicom = (persistence: PersistenceSpec, changes: object = {}): ServiceConfig => {
    const options = servers.map((server) => server.options);
    return tcpService('DICOM', options, { persistence, ...changes });
  };

  /** The server of each address, which stays connected. */
  const connectAll = (): Promise<readonly string[]> =>
    Promise.all(addresses.map(async (address) => (await scene.session('DICOM', address)).text));

  it.each([
    ['other options of the service', {}, { maxConnectAttempts: 1 }],
    ['another time to live', { ttlMs: 50_000 }, {}],
    ['more entries than its memory holds', { maxEntries: 40_000 }, {}],
    ['another seed', { seed: 77 }, {}],
    ['a name', { table: 'clients' }, {}],
  ])('keep their entries through %s', async (_what, settings, changes) => {
    const spec = { kind: 'sourceIp', maxEntries: 30_000 } as const;
    const balancer = await scene.start(dicom(spec));
    const before = await connectAll();
    await balancer.apply({ services: [dicom({ ...spec, ...settings }, changes)] }, { graceMs: 0 });
    expect(await connectAll()).toEqual(before);
    const reasons = scene.facts.of('decisionMade').map(({ reason }) => reason);
    expect(reasons.filter((reason) => reason === 'balance')).toHaveLength(addresses.length);
  });

  it('are held by sessions of the service that was replaced', async () => {
    const balancer = await scene.start(dicom({ kind: 'sourceIp', ttlMs: 400 }));
    const [first] = addresses;
    const long = await scene.session('DICOM', first);
    const applied = balancer.apply(
      { services: [dicom({ kind: 'sourceIp', ttlMs: 500 })] },
      { graceMs: Infinity },
    );
    await scene.facts.count('listenerStarted', 2);
    await sleep(1200);
    // A worker of a busy machine may renew late.
    await expect
      .poll(() => balancer.table('DICOM').find(first!), { timeout: 10_000 })
      .toMatchObject([{ server: long.text, sessions: 1 }]);
    long.socket.resetAndDestroy();
    await applied;
  });

  it('are listed, with the sessions of all workers, set, cleared, and restored', async () => {
    const balancer = await scene.start(dicom({ kind: 'sourceIp' }));
    const table = balancer.table('DICOM');
    const before = await connectAll();
    await connectAll();
    const entries = new Map<string, unknown>();
    for await (const { client, server, sessions } of table.entries()) entries.set(client, [server, sessions]);
    expect(addresses.map((address) => entries.get(address))).toEqual(before.map((server) => [server, 2]));
    const snapshot = await balancer.snapshot();
    expect(await table.clear({ server: 's1' })).toBe(before.filter((server) => server === 's1').length);
    for (const address of addresses) table.set(address, 's2');
    expect(await connectAll()).toEqual(addresses.map(() => 's2'));
    expect(await table.clear()).toBe(addresses.length);
    expect(await balancer.restore(snapshot)).toMatchObject({ entries: { restored: addresses.length } });
    expect(await connectAll()).toEqual(before);
  });
});
