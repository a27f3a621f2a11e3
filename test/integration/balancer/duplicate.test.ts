import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findFreePorts } from '../../../examples/demo-cluster/free-ports.ts';
import { HealthCheck, Listener, sourceIp, type ServiceConfig } from '../../../src/index.ts';
import { BalancerScene, tcpService } from './balancer-scene.ts';

const serverHosts = ['127.0.0.21', '127.0.0.22'] as const;
const serverNames = ['s1', 's2'] as const;
/** As an administrator has them: without a port. */
const servers = serverHosts.map((host, index) => ({ name: serverNames[index]!, host }));
const healthCheck = {
  probe: { kind: 'connect' },
  intervalMs: 20,
  startJitterMs: 0,
  timeoutMs: 500,
  rise: 1,
  fall: 1,
} as const;

let scene: BalancerScene;
/** What stands for ports 104 and 105. */
let dicomPort: number;
let queryPort: number;

beforeEach(async () => {
  scene = new BalancerScene();
  const ports = await findFreePorts(['127.0.0.1', ...serverHosts], 2);
  [dicomPort, queryPort] = [ports[0]!, ports[1]!];
});

afterEach(() => scene.close());

/** The servers on one port; each says `<name>:<service>`. */
const serve = (port: number, service: string): Promise<unknown> =>
  Promise.all(serverHosts.map((host, i) => scene.addServer(`${serverNames[i]}:${service}`, { host, port })));

const dicom = (): ServiceConfig =>
  tcpService('DICOM', servers, { port: dicomPort, persistence: { kind: 'sourceIp' }, healthCheck });

const serversOf = (service: string) =>
  scene.balancer.overview().services.find(({ name }) => name === service)?.listeners[0]?.servers;

describe('a duplicated service', () => {
  it('reaches servers without a port on its own, and checks them there', async () => {
    await serve(dicomPort, 'dicom');
    const balancer = await scene.start(dicom());
    await balancer.duplicate('DICOM', { name: 'QUERY', port: queryPort });
    expect(serversOf('QUERY')?.map(({ port }) => port)).toEqual([queryPort, queryPort]);
    // Nothing listens there yet: the check of the copy finds that, and the original stays up.
    const isDown = ({ service, current }: { service: string; current: string }): boolean =>
      service === 'QUERY' && current === 'down';
    await scene.facts.first('serverHealthChanged', isDown);
    await scene.facts.first('serverHealthChanged', ({ service }) => service === 'DICOM');
    expect(serversOf('DICOM')?.every(({ health }) => health === 'up')).toBe(true);
    await serve(queryPort, 'query');
    await expect.poll(() => serversOf('QUERY')?.every(({ health }) => health === 'up')).toBe(true);
    expect((await scene.session('QUERY')).text).toMatch(/^s\d:query$/);
    expect((await scene.session('DICOM')).text).toMatch(/^s\d:dicom$/);
  });

  it('shares the persistence of its original, both ways', async () => {
    await Promise.all([serve(dicomPort, 'dicom'), serve(queryPort, 'query')]);
    const balancer = await scene.start(dicom());
    const known = (await scene.session('DICOM', '127.0.0.2')).text.slice(0, 2);
    await balancer.duplicate('DICOM', { name: 'QUERY', port: queryPort });
    expect((await scene.session('QUERY', '127.0.0.2')).text).toBe(`${known}:query`);
    const fresh = (await scene.session('QUERY', '127.0.0.3')).text.slice(0, 2);
    expect((await scene.session('DICOM', '127.0.0.3')).text).toBe(`${fresh}:dicom`);
  });

  it('leaves its original alone, whether the next configuration names the shared table or not', async () => {
    await Promise.all([serve(dicomPort, 'dicom'), serve(queryPort, 'query')]);
    const balancer = await scene.start(dicom());
    await scene.session('DICOM', '127.0.0.2');
    const original = balancer.config;
    await balancer.duplicate('DICOM', { name: 'QUERY', port: queryPort });
    const copy = balancer.config.services.slice(1);
    await balancer.apply({ ...original, services: [...original.services, ...copy] });
    await balancer.apply(original);
    await balancer.duplicate('DICOM', { name: 'QUERY', port: queryPort });
    await balancer.apply(balancer.config);
    expect(scene.facts.of('listenerStopped').map(({ service }) => service)).toEqual(['QUERY']);
    for (const service of ['DICOM', 'QUERY']) {
      expect(balancer.explain('127.0.0.2').get(service)).toMatchObject({ reason: 'table' });
    }
  });

  it('has what was changed, and weights and orders as they are now', async () => {
    const balancer = await scene.start(dicom());
    balancer.halt({ server: 's1' });
    balancer.setWeight({ server: 's2', weight: 9 });
    await balancer.duplicate('DICOM', {
      name: 'QUERY',
      port: queryPort,
      balance: { kind: 'firstAvailable' },
    });
    expect(serversOf('QUERY')).toMatchObject([
      { name: 's1', adminState: 'halt', weight: 1 },
      { name: 's2', adminState: 'online', weight: 9 },
    ]);
    balancer.online({ server: 's1', service: 'QUERY' });
    expect([serversOf('DICOM')?.[0]?.adminState, serversOf('QUERY')?.[0]?.adminState]).toEqual([
      'halt',
      'online',
    ]);
  });

  it('must be right and of a known service, or nothing changes', async () => {
    const balancer = await scene.start(dicom());
    await expect(balancer.duplicate('DICOM', { name: 'QUERY' })).rejects.toMatchObject({
      problems: [{ path: 'services[1].port' }],
    });
    await expect(balancer.duplicate('WEB', { name: 'QUERY' })).rejects.toMatchObject({
      code: 'SLUICE_ERR_NOT_FOUND',
      message: "No service 'WEB'; known services: DICOM",
    });
    expect(balancer.overview().services.map(({ name }) => name)).toEqual(['DICOM']);
  });
});

describe('a duplicated listener', () => {
  it('has a pool of its own, shares persistence and events, and follows its own port', async () => {
    await Promise.all([serve(dicomPort, 'dicom'), serve(queryPort, 'query')]);
    const original = new Listener({
      name: 'DICOM',
      mode: 'tcp',
      host: '127.0.0.1',
      port: dicomPort,
      idleTimeoutMs: 5000,
      pool: { servers, healthCheck: new HealthCheck(healthCheck) },
      persistence: sourceIp(),
    });
    const copy = original.duplicate({ name: 'QUERY', port: queryPort });
    expect(copy.pool).not.toBe(original.pool);
    expect([copy.persistence, copy.facts]).toEqual([original.persistence, original.facts]);
    expect(copy.persistence).toBe(original.persistence);
    expect(copy.facts).toBe(original.facts);
    expect(copy.options.mode.options).toMatchObject({ idleTimeoutMs: 5000 });
    expect(original.options).toMatchObject({ name: 'DICOM', port: dicomPort });

    const other = original.duplicate({
      name: 'MWL',
      port: queryPort,
      persistence: sourceIp(),
      idleTimeoutMs: 1,
    });
    expect(other.persistence).not.toBe(original.persistence);
    expect(other.options.mode.options).toMatchObject({ idleTimeoutMs: 1 });

    await Promise.all([original.start(), copy.start()]);
    expect(copy.overview().servers.map(({ port }) => port)).toEqual([queryPort, queryPort]);
    original.pool.setAdminState('s1', 'halt');
    expect(copy.overview().servers[0]?.adminState).toBe('online');
    await Promise.all([original.stop(), copy.stop()]);
  });
});
