import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startInPlaceOf, type Successive } from '../../src/balancer/succession.ts';
import type { TcpServiceConfig } from '../../src/index.ts';
import { BalancerScene, tcpService } from '../integration/balancer/balancer-scene.ts';
import type { TinyServer } from '../support/tiny-server.ts';

let scene: BalancerScene;
let s1: TinyServer;
let s2: TinyServer;
const blockers: Server[] = [];

beforeEach(async () => {
  scene = new BalancerScene();
  s1 = await scene.addServer('s1');
  s2 = await scene.addServer('s2');
});

afterEach(async () => {
  for (const blocker of blockers.splice(0)) blocker.close();
  await scene.close();
});

async function blockedPort(host = '127.0.0.1'): Promise<number> {
  const blocker = createServer((socket) => socket.destroy()).listen(0, host);
  blockers.push(blocker);
  await once(blocker, 'listening');
  return (blocker.address() as AddressInfo).port;
}

/** The same service with another option, and so another one. */
function changed(service: TcpServiceConfig, changes: Partial<TcpServiceConfig> = {}): TcpServiceConfig {
  return { ...service, maxConnectAttempts: (service.maxConnectAttempts ?? 3) + 1, ...changes };
}

describe('defect 26: apply', () => {
  it('that fails leaves everything in service, new sessions and old ones', async () => {
    const [dicom, query] = [tcpService('DICOM', [s1.options]), tcpService('QUERY', [s1.options])];
    const balancer = await scene.start(dicom, query);
    const sessions = [await scene.session('DICOM'), await scene.session('QUERY')];
    const services = [changed(dicom), changed(query, { port: await blockedPort() })];
    // Without a grace, whatever is stopped on the way shows.
    await expect(balancer.apply({ services }, { graceMs: 0 })).rejects.toMatchObject({
      code: 'SLUICE_ERR_ADDRESS_IN_USE',
    });
    for (const name of ['DICOM', 'QUERY']) expect((await scene.session(name)).text).toBe('s1');
    expect(sessions.map(({ isClosed, hasEnded }) => isClosed || hasEnded)).toEqual([false, false]);
    expect(scene.facts.of('listenerStopped')).toEqual([]);
    expect(balancer.overview().services.map(({ status }) => status)).toEqual(['up', 'up']);
  });

  it('does not wait for the sessions of an earlier one', async () => {
    const dicom = tcpService('DICOM', [s1.options]);
    const balancer = await scene.start(dicom);
    const old = await scene.session('DICOM');
    let isFirstOver = false;
    const first = balancer.apply({ services: [changed(dicom)] }, { graceMs: Infinity });
    void first.then(() => (isFirstOver = true));
    const urgent = changed(changed(dicom), { servers: [s2.options] });
    await balancer.apply({ services: [urgent] });
    expect((await scene.session('DICOM')).text).toBe('s2');
    expect([isFirstOver, old.isClosed]).toEqual([false, false]);
    old.socket.resetAndDestroy();
    await first;
  });

  it('lets two services swap their ports', async () => {
    const dicom = tcpService('DICOM', [s1.options]);
    const query = tcpService('QUERY', [s2.options]);
    const balancer = await scene.start(dicom, query);
    const [a, b] = [scene.portOf('DICOM'), scene.portOf('QUERY')];
    await balancer.apply({ services: [changed(dicom, { port: b }), changed(query, { port: a })] });
    expect([scene.portOf('DICOM'), scene.portOf('QUERY')]).toEqual([b, a]);
    expect((await scene.session('DICOM')).text).toBe('s1');
    expect((await scene.session('QUERY')).text).toBe('s2');
  });

  it('takes an address that contains the old one, and has the old one again where it cannot', async () => {
    const dicom = tcpService('DICOM', [s1.options]);
    const balancer = await scene.start(dicom);
    const port = scene.portOf('DICOM');
    const blocker = createServer().listen(port, '127.0.0.9');
    blockers.push(blocker);
    await once(blocker, 'listening');
    const session = await scene.session('DICOM');
    const wide = changed(dicom, { host: '0.0.0.0', port, servers: [s2.options] });
    await expect(balancer.apply({ services: [wide] }, { graceMs: 0 })).rejects.toMatchObject({
      code: 'SLUICE_ERR_ADDRESS_IN_USE',
    });
    expect((await scene.session('DICOM')).text).toBe('s1');
    expect(session.isClosed).toBe(false);
    blocker.close();
    await once(blocker, 'close');
    await balancer.apply({ services: [wide] }, { graceMs: 0 });
    expect((await scene.session('DICOM')).text).toBe('s2');
    // And back again.
    await balancer.apply({ services: [changed(dicom, { port })] }, { graceMs: 0 });
    expect((await scene.session('DICOM')).text).toBe('s1');
  });

  it('lets orders given by hand stand in a service that is replaced, and what checks have found', async () => {
    const healthCheck = { probe: { kind: 'connect' }, startJitterMs: 0, fall: 100 } as const;
    const gone = { name: 's3', host: '127.0.0.1', port: 1 };
    const servers = [gone, s1.options, s2.options];
    const dicom = tcpService('DICOM', servers, { healthCheck });
    const balancer = await scene.start(dicom);
    await scene.facts.count('serverHealthChanged', 3);
    balancer.halt({ server: 's2' });
    balancer.setWeight({ server: 's1', weight: 7 });
    await balancer.apply({ services: [changed(dicom)] });
    const states = balancer
      .overview()
      .services[0]?.listeners[0]?.servers.map(({ adminState, weight, health }) => [
        adminState,
        weight,
        health,
      ]);
    expect(states).toEqual([
      ['online', 1, 'down'],
      ['online', 7, 'up'],
      ['halt', 1, 'up'],
    ]);
    expect((await scene.session('DICOM')).text).toBe('s1');
    // Another check may find otherwise, and none finds nothing.
    const unchecked = tcpService('DICOM', servers);
    await balancer.apply({ services: [unchecked] }, { graceMs: 0 });
    expect(balancer.overview().services[0]?.listeners[0]?.servers[0]?.health).toBe('unknown');
  });

  it('refuses a wrong grace time before anything changes', async () => {
    const dicom = tcpService('DICOM', [s1.options]);
    const balancer = await scene.start(dicom);
    const applied = balancer.apply({ services: [changed(dicom)] }, { graceMs: -1 });
    await expect(applied).rejects.toMatchObject({ code: 'SLUICE_ERR_OPTIONS' });
    expect(scene.facts.of('listenerStarted')).toHaveLength(1);
  });
});

describe('defect 26: services in place of others', () => {
  interface Play {
    readonly host?: string;
    readonly fails?: 'start' | 'rebind';
  }

  /** A service on port 104 that takes note of what it is told. */
  function player(name: string, said: string[], { host = '127.0.0.1', fails }: Play = {}): Successive {
    const say = (what: string): Promise<void> => {
      said.push(`${name} ${what}`);
      return what === fails ? Promise.reject(new Error(`${name} cannot ${what}`)) : Promise.resolve();
    };
    return {
      name,
      transport: 'tcp',
      host,
      port: 104,
      configuredPort: 104,
      start: () => say('start'),
      stop: () => say('stop'),
      unbind: () => say('unbind'),
      rebind: () => say('rebind'),
      succeed: async (_other, allReady) => {
        await allReady();
        await say('succeed');
      },
    };
  }

  it('take over once all are ready, and not at all where one is not', async () => {
    const said: string[] = [];
    const [old, heir] = [player('OLD', said), player('HEIR', said)];
    await startInPlaceOf([old], [heir, player('OTHER', said, { host: '127.0.0.2' })]);
    expect(said).toEqual(['OTHER start', 'HEIR succeed']);
    said.length = 0;
    const failing = player('OTHER', said, { host: '127.0.0.2', fails: 'start' });
    await expect(startInPlaceOf([old], [heir, failing])).rejects.toThrow('OTHER cannot start');
    expect(said).toEqual(['OTHER start', 'HEIR stop', 'OTHER stop']);
  });

  it('tell both what failed and what then could not be had again', async () => {
    const said: string[] = [];
    const old = player('OLD', said, { fails: 'rebind' });
    const wide = player('WIDE', said, { host: '0.0.0.0', fails: 'start' });
    await expect(startInPlaceOf([old], [wide])).rejects.toThrow(/WIDE cannot start\nOLD cannot rebind/);
    expect(said).toEqual(['OLD unbind', 'WIDE start', 'WIDE stop', 'OLD rebind']);
  });
});
