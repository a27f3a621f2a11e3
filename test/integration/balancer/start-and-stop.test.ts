import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canListen, findFreePorts } from '../../../examples/demo-cluster/free-ports.ts';
import { BalancerScene, tcpService } from './balancer-scene.ts';

let scene: BalancerScene;

beforeEach(() => {
  scene = new BalancerScene();
});

afterEach(() => scene.close());

describe('a balancer', () => {
  it('starts and stops all its services, any number of times', async () => {
    const s1 = await scene.addServer('s1');
    const balancer = await scene.start(tcpService('DICOM', [s1.options]), tcpService('QUERY', [s1.options]));
    for (let round = 0; round < 2; round++) {
      expect(['portable', 'linux']).toContain(balancer.engine.name);
      expect((await scene.session('DICOM')).text).toBe('s1');
      expect((await scene.session('QUERY')).text).toBe('s1');
      await balancer.stop({ graceMs: 0 });
      const { services } = balancer.overview();
      expect(services.map(({ name, status }) => [name, status])).toEqual([
        ['DICOM', 'stopped'],
        ['QUERY', 'stopped'],
      ]);
      await balancer.stop();
      await balancer.start();
    }
    await expect(balancer.start()).rejects.toMatchObject({ code: 'SLUICE_ERR_STATE' });
  });

  it('says in every event which service it is about', async () => {
    const s1 = await scene.addServer('s1');
    await scene.start(tcpService('DICOM', [s1.options]), tcpService('QUERY', [s1.options]));
    await scene.session('QUERY');
    expect(scene.facts.of('listenerStarted').map(({ service }) => service)).toEqual(['DICOM', 'QUERY']);
    expect(await scene.facts.first('sessionOpened')).toMatchObject({ service: 'QUERY', server: 's1' });
    expect(scene.facts.of('decisionMade')).toMatchObject([
      { service: 'QUERY', server: 's1', reason: 'balance', tried: [] },
    ]);
    expect(scene.facts.of('decisionMade')[0]?.client).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  it('ends with its block', async () => {
    const s1 = await scene.addServer('s1');
    {
      await using balancer = await scene.start(tcpService('DICOM', [s1.options]));
      await scene.session('DICOM');
      expect(balancer.overview().services[0]?.status).toBe('up');
    }
    expect(scene.facts.of('sessionClosed')).toMatchObject([{ reason: 'stopped' }]);
    expect(scene.balancer.overview().services[0]?.status).toBe('stopped');
  });

  it('stopped while it starts is stopped, and can be started', async () => {
    const s1 = await scene.addServer('s1');
    const balancer = scene.build({ services: [tcpService('DICOM', [s1.options])] });
    const starting = balancer.start();
    await balancer.stop({ graceMs: 0 });
    await starting;
    expect(balancer.overview().services[0]?.status).toBe('stopped');
    await balancer.start();
    expect((await scene.session('DICOM')).text).toBe('s1');
  });
});

describe('a port that cannot be had', () => {
  it('is named, all that are, and nothing stays open', async () => {
    const [free, taken, alsoTaken] = await findFreePorts(['127.0.0.1'], 3);
    const blockers = [taken!, alsoTaken!].map((port) => createServer().listen(port, '127.0.0.1'));
    await Promise.all(blockers.map((blocker) => once(blocker, 'listening')));
    const servers = [{ name: 's1', host: '127.0.0.2', port: 104 }];
    const balancer = scene.build({
      services: [
        tcpService('DICOM', servers, { port: free! }),
        tcpService('QUERY', servers, { port: taken! }),
        { ...tcpService('CHECK', servers, { port: alsoTaken! }), mode: 'tcp+udp' },
      ],
    });
    const error: unknown = await balancer.start().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'SLUICE_ERR_ADDRESS_IN_USE' });
    expect((error as Error).message).toContain(`127.0.0.1:${taken}`);
    expect((error as Error).message).toContain(`127.0.0.1:${alsoTaken}`);
    expect(await canListen('127.0.0.1', free!)).toBe(true);
    expect(balancer.overview().services.map(({ status }) => status)).toEqual([
      'stopped',
      'stopped',
      'stopped',
    ]);
    await Promise.all(blockers.map((blocker) => once(blocker.close(), 'close')));
    await balancer.start();
    expect(scene.portOf('QUERY')).toBe(taken);
  });

  it('of both protocols is named for both', async () => {
    const [port] = await findFreePorts(['127.0.0.1'], 1);
    const servers = [{ name: 's1', host: '127.0.0.2' }];
    const check = { ...tcpService('CHECK', servers, { port: port! }), mode: 'tcp+udp' } as const;
    await scene.start(check);
    const second = scene.build({ services: [{ ...check, name: 'AGAIN' }] });
    await expect(second.start()).rejects.toThrow(/TCP[^]*UDP/);
  });

  it('is named with its address where that is not of this machine', async () => {
    const balancer = scene.build({
      services: [tcpService('DICOM', [], { host: '192.0.2.1', port: 11_104 })],
    });
    const error: unknown = await balancer.start().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'SLUICE_ERR_ADDRESS_NOT_AVAILABLE' });
    expect((error as Error).message).toContain('192.0.2.1');
  });
});
