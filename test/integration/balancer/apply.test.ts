import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { firstAvailable, sourceIp, type BalancingPolicy } from '../../../src/index.ts';
import type { TinyServer } from '../../support/tiny-server.ts';
import { BalancerScene, tcpService } from './balancer-scene.ts';

let scene: BalancerScene;
let s1: TinyServer;
let s2: TinyServer;

beforeEach(async () => {
  scene = new BalancerScene();
  s1 = await scene.addServer('s1');
  s2 = await scene.addServer('s2');
});

afterEach(() => scene.close());

const clients = { kind: 'sourceIp', table: 'clients' } as const;
const first = { balance: { kind: 'firstAvailable' } } as const;

describe('apply', () => {
  it('adds, removes and rebuilds services, and leaves the others alone', async () => {
    const [kept, removed, changed] = ['DICOM', 'QUERY', 'MWL'].map((name) => tcpService(name, [s1.options]));
    const balancer = await scene.start(kept!, removed!, changed!);
    const port = scene.portOf('DICOM');
    const [stays, goes, ends] = [
      await scene.session('DICOM'),
      await scene.session('QUERY'),
      await scene.session('MWL'),
    ];
    const services = [tcpService('NEW', [s2.options]), { ...changed!, maxConnectAttempts: 1 }, kept!];
    await balancer.apply({ services }, { graceMs: 0 });
    await Promise.all([goes.untilReset(), ends.untilReset()]);
    expect(balancer.overview().services.map(({ name, status }) => [name, status])).toEqual([
      ['NEW', 'up'],
      ['MWL', 'up'],
      ['DICOM', 'up'],
    ]);
    expect(scene.portOf('DICOM')).toBe(port);
    expect((await scene.session('NEW')).text).toBe('s2');
    expect((await scene.session('MWL')).text).toBe('s1');
    expect(stays.isClosed).toBe(false);
    expect(
      scene.facts
        .of('listenerStopped')
        .map(({ service }) => service)
        .sort(),
    ).toEqual(['MWL', 'QUERY']);
  });

  it('changes servers while their sessions go on', async () => {
    const balancer = await scene.start(tcpService('DICOM', [s1.options], first));
    const client = await scene.session('DICOM');
    const services = [tcpService('DICOM', [s2.options], first)];
    await expect(balancer.apply({ services }, { by: 'a\nb' })).rejects.toMatchObject({
      problems: [{ path: 'by' }],
    });
    await balancer.apply({ services }, { by: 'anna' });
    expect((await scene.session('DICOM')).text).toBe('s2');
    const server = await s1.session();
    client.send('goes on');
    await server.untilBytes(7);
    expect(scene.facts.of('serverRemoved')).toMatchObject([{ service: 'DICOM', server: 's1', by: 'anna' }]);
    expect(scene.facts.of('serverAdded')).toMatchObject([{ service: 'DICOM', server: 's2', by: 'anna' }]);
    expect(scene.facts.of('listenerStopped')).toEqual([]);
  });

  it('lets orders stand that were given by hand, where the configuration of that server is the same', async () => {
    const services = [tcpService('DICOM', [s1.options, s2.options], first)];
    const balancer = await scene.start(...services);
    void balancer.drain({ server: 's1' });
    balancer.setWeight({ server: 's2', weight: 7 });
    await balancer.apply({ services });
    const states = (): unknown =>
      balancer
        .overview()
        .services[0]?.listeners[0]?.servers.map(({ adminState, weight }) => [adminState, weight]);
    expect(states()).toEqual([
      ['drain', 1],
      ['online', 7],
    ]);
    // Neither does a duplicate of another service make them part of the configuration.
    await balancer.duplicate('DICOM', { name: 'QUERY', port: 0 });
    await balancer.apply({ services });
    expect(states()).toEqual([
      ['drain', 1],
      ['online', 7],
    ]);
    await balancer.apply({
      services: [tcpService('DICOM', [{ ...s1.options, weight: 3 }, s2.options], first)],
    });
    expect(states()).toEqual([
      ['online', 3],
      ['online', 7],
    ]);
  });

  it('changes nothing where the configuration is wrong', async () => {
    const balancer = await scene.start(tcpService('DICOM', [s1.options]));
    const client = await scene.session('DICOM');
    const wrong = tcpService('DICOM', [s1.options], { maxSessions: 0 });
    await expect(balancer.apply({ services: [wrong] }, { graceMs: 0 })).rejects.toMatchObject({
      problems: [{ path: 'services[0].maxSessions' }],
    });
    expect(client.isClosed).toBe(false);
    expect((await scene.session('DICOM')).text).toBe('s1');
  });

  it('leaves the old services as they are where a new one cannot start', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const { port } = blocker.address() as AddressInfo;
    const balancer = await scene.start(tcpService('DICOM', [s1.options]), tcpService('QUERY', [s1.options]));
    const stays = await scene.session('QUERY');
    const next = [tcpService('DICOM', [s2.options], { port }), tcpService('QUERY', [s1.options])];
    await expect(balancer.apply({ services: next }, { graceMs: 0 })).rejects.toMatchObject({
      code: 'SLUICE_ERR_ADDRESS_IN_USE',
    });
    blocker.close();
    expect(balancer.overview().services.map(({ name, status }) => [name, status])).toEqual([
      ['DICOM', 'up'],
      ['QUERY', 'up'],
    ]);
    expect((await scene.session('DICOM')).text).toBe('s1');
    expect(stays.isClosed).toBe(false);
    await balancer.apply({ services: next }, { graceMs: 0 });
    expect((await scene.session('DICOM')).text).toBe('s2');
  });

  it('keeps what a named table remembers, and gives it to new services', async () => {
    const dicom = tcpService('DICOM', [s1.options, s2.options], { persistence: clients });
    const balancer = await scene.start(dicom);
    const { text } = await scene.session('DICOM', '127.0.0.2');
    const other = tcpService('QUERY', [s1.options, s2.options].reverse(), { persistence: clients });
    await balancer.apply({ services: [{ ...dicom, backlog: 100 }, other] }, { graceMs: 0 });
    expect((await scene.session('DICOM', '127.0.0.2')).text).toBe(text);
    expect((await scene.session('QUERY', '127.0.0.2')).text).toBe(text);
    const withSettings = (settings: object) => {
      const persistence = { ...clients, ...settings };
      return { services: [dicom, other].map((service) => ({ ...service, persistence })) };
    };
    await balancer.apply(withSettings({ ttlMs: 5000 }), { graceMs: 0 });
    expect(balancer.explain('127.0.0.2').get('QUERY')).toMatchObject({ server: text, reason: 'table' });
    // Keys of another kind mean other clients.
    await balancer.apply(withSettings({ prefixV4: 24 }), { graceMs: 0 });
    expect(balancer.explain('127.0.0.2').get('DICOM')?.reason).toBe('balance');
  });

  it('before the start only plans', async () => {
    const balancer = scene.build({ services: [tcpService('DICOM', [s1.options])] });
    await balancer.apply({ services: [tcpService('QUERY', [s2.options])] });
    expect(balancer.overview().services.map(({ name, status }) => [name, status])).toEqual([
      ['QUERY', 'stopped'],
    ]);
    await balancer.start();
    expect((await scene.session('QUERY')).text).toBe('s2');
  });
});

describe('a service with other options', () => {
  it('listens again at once, on the same port, while sessions of the old one go on', async () => {
    const balancer = await scene.start(tcpService('DICOM', [s1.options]));
    const port = scene.portOf('DICOM');
    await balancer.apply({ services: [tcpService('DICOM', [s1.options], { port })] });
    const old = await scene.session('DICOM');
    const changed = tcpService('DICOM', [s2.options], { port, maxConnectAttempts: 1 });
    const applied = balancer.apply({ services: [changed] }, { graceMs: Infinity });
    await expect.poll(() => balancer.overview().services[0]?.listeners[0]?.servers[0]?.name).toBe('s2');
    expect((await scene.session('DICOM')).text).toBe('s2');
    expect(old.isClosed).toBe(false);
    old.socket.resetAndDestroy();
    await applied;
  });

  it('is told by the identity of a live object, whatever that looks like', async () => {
    const balance = (kind: string): BalancingPolicy => ({ ...firstAvailable(), kind });
    const [one, same] = [balance('own'), balance('own')];
    const balancer = await scene.start(tcpService('DICOM', [s1.options], { balance: one }));
    await balancer.apply({ services: [tcpService('DICOM', [s1.options], { balance: one })] }, { graceMs: 0 });
    expect(scene.facts.of('listenerStopped')).toEqual([]);
    const persistence = sourceIp();
    const changed = tcpService('DICOM', [s1.options], { balance: one, persistence });
    await balancer.apply({ services: [changed] }, { graceMs: 0 });
    expect(scene.facts.of('listenerStopped')).toHaveLength(1);
    const others = tcpService('DICOM', [s1.options], { balance: same, persistence: sourceIp() });
    await balancer.apply({ services: [others] }, { graceMs: 0 });
    expect(scene.facts.of('listenerStopped')).toHaveLength(2);
  });
});

describe('stop while a change is under way', () => {
  it('cuts what the change waits for, and stops what it started', async () => {
    const balancer = await scene.start(tcpService('DICOM', [s1.options]));
    const client = await scene.session('DICOM');
    const applied = balancer.apply({ services: [tcpService('QUERY', [s1.options])] }, { graceMs: Infinity });
    await expect
      .poll(() => balancer.overview().services.map(({ name, status }) => [name, status]))
      .toEqual([['QUERY', 'up']]);
    await balancer.stop({ graceMs: 0 });
    await applied;
    await client.untilReset();
    expect(balancer.overview().services.map(({ name, status }) => [name, status])).toEqual([
      ['QUERY', 'stopped'],
    ]);
    await balancer.start();
    expect((await scene.session('QUERY')).text).toBe('s1');
  });
});

describe('changes at once', () => {
  it('come one after the other, none lost', async () => {
    const balancer = await scene.start(tcpService('DICOM', [s1.options]));
    await Promise.all([
      balancer.duplicate('DICOM', { name: 'QUERY', port: 0 }),
      balancer.duplicate('DICOM', { name: 'MWL', port: 0 }),
    ]);
    expect(balancer.overview().services.map(({ name, status }) => [name, status])).toEqual([
      ['DICOM', 'up'],
      ['QUERY', 'up'],
      ['MWL', 'up'],
    ]);
  });
});
