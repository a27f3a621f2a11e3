import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closedPort } from '../../support/closed-port.ts';
import type { TinyServer } from '../../support/tiny-server.ts';
import { BalancerScene, tcpService } from './balancer-scene.ts';

let scene: BalancerScene;
let s1: TinyServer;
let s2: TinyServer;

beforeEach(async () => {
  scene = new BalancerScene();
  s1 = await scene.addServer('s1');
  s2 = await scene.addServer('s2');
  const servers = [s1.options, s2.options];
  const first = { balance: { kind: 'firstAvailable' } } as const;
  await scene.start(
    tcpService('DICOM', servers, first),
    tcpService('QUERY', servers, first),
    tcpService('OTHER', [s2.options]),
    { ...tcpService('CHECK', [s1.options]), mode: 'tcp+udp' },
  );
});

afterEach(() => scene.close());

describe('halt and online', () => {
  it('of one service leave the others alone', async () => {
    scene.balancer.halt({ server: 's1', service: 'DICOM' });
    expect((await scene.session('DICOM')).text).toBe('s2');
    expect((await scene.session('QUERY')).text).toBe('s1');
    scene.balancer.online({ server: 's1', service: 'DICOM' });
    expect((await scene.session('DICOM')).text).toBe('s1');
  });

  it('without a service are for every one that has the server', async () => {
    scene.balancer.halt({ server: 's1' });
    expect((await scene.session('DICOM')).text).toBe('s2');
    expect((await scene.session('QUERY')).text).toBe('s2');
    // Both halves of CHECK, and not OTHER.
    expect(scene.facts.of('serverAdminStateChanged').map(({ service }) => service)).toEqual([
      'DICOM',
      'QUERY',
      'CHECK',
      'CHECK',
    ]);
    expect(scene.balancer.explain('127.0.0.1').get('CHECK')).toEqual({ server: undefined, reason: 'none' });
  });

  it('of an unknown server or service name those there are', () => {
    expect(() => {
      scene.balancer.halt({ server: 's3' });
    }).toThrow("No server 's3'; known servers: s1, s2");
    expect(() => {
      scene.balancer.online({ server: 's1', service: 'MWL' });
    }).toThrow("No service 'MWL'; known services: DICOM, QUERY, OTHER, CHECK");
  });
});

describe('explain', () => {
  it('speaks of UDP where TCP has no server, as behind a name service', async () => {
    const servers = [{ name: 's3', host: '127.0.0.1', port: await closedPort() }];
    const healthCheck = { probe: { kind: 'connect' }, intervalMs: 10, startJitterMs: 0, fall: 1 } as const;
    const balancer = await scene.start({ ...tcpService('NAMES', servers, { healthCheck }), mode: 'tcp+udp' });
    await expect.poll(() => balancer.overview().services[0]?.listeners[0]?.status).toBe('down');
    expect(balancer.explain('127.0.0.1').get('NAMES')).toEqual({ server: 's3', reason: 'balance' });
  });
});

describe('drain', () => {
  it('tells the outcome of every service', async () => {
    const client = await scene.session('DICOM');
    expect(client.text).toBe('s1');
    expect(await scene.balancer.drain({ server: 's1', deadlineMs: 40 })).toEqual(
      new Map([
        ['DICOM', 'deadline'],
        ['QUERY', 'empty'],
        ['CHECK', 'empty'],
      ]),
    );
    await client.untilReset();
  });

  it('of a service in both protocols ended by itself only where both halves did', async () => {
    await scene.session('CHECK');
    const outcomes = await scene.balancer.drain({ server: 's1', service: 'CHECK', deadlineMs: 40 });
    expect(outcomes).toEqual(new Map([['CHECK', 'deadline']]));
  });
});

describe('setWeight', () => {
  it('works at once, and is told', async () => {
    scene.balancer.setWeight({ server: 's1', weight: 0, service: 'DICOM' });
    expect((await scene.session('DICOM')).text).toBe('s2');
    expect((await scene.session('QUERY')).text).toBe('s1');
    expect(scene.facts.of('serverWeightChanged')).toMatchObject([
      { service: 'DICOM', server: 's1', previous: 1, current: 0 },
    ]);
    expect(() => {
      scene.balancer.setWeight({ server: 's1', weight: 257 });
    }).toThrow('an integer from 0 to 256');
  });
});
