import { createServer } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Balancer, leastConnections, sourceIp } from '../../../src/index.ts';
import { turns } from '../../contract/engine/condition.ts';
import type { TinyServer } from '../../support/tiny-server.ts';
import { noWorkers, openDescriptors, threads, WorkersScene } from '../../support/workers-scene.ts';
import { tcpService } from '../balancer/balancer-scene.ts';

const addresses = Array.from({ length: 16 }, (_, index) => `127.0.8.${10 + index}`);
const persistence = { kind: 'sourceIp', table: 'clients' } as const;

describe.skipIf(noWorkers !== undefined)('a balancer with workers', () => {
  let scene: WorkersScene;
  let s1: TinyServer;
  let s2: TinyServer;

  beforeEach(async () => {
    scene = new WorkersScene(2);
    s1 = await scene.addServer('s1');
    s2 = await scene.addServer('s2');
  });
  afterEach(() => scene.close());

  async function serversOf(service: string): Promise<readonly string[]> {
    const sessions = await Promise.all(addresses.map((address) => scene.session(service, address)));
    for (const { socket } of sessions) socket.resetAndDestroy();
    return sessions.map(({ text }) => text);
  }

  it('says where sessions run', async () => {
    const balancer = await scene.start(tcpService('T', [s1.options]));
    expect(balancer.engine.name).toBe('linux');
    expect(balancer.engine.reason).toMatch(/; in 2 workers$/u);
    expect(scene.workers).toHaveLength(2);
  });

  it('leaves no thread and no descriptor behind, and starts again', async () => {
    const descriptors = openDescriptors();
    const running = threads();
    const balancer = scene.build({ services: [tcpService('T', [s1.options], { persistence })] });
    for (let round = 0; round < 2; round++) {
      await balancer.start();
      await serversOf('T');
      await scene.session('T');
      // The ones before have ended for their clients, and soon for the workers too.
      while (balancer.overview().services[0]!.listeners[0]!.sessions > 1) await setImmediate();
      await balancer.stop({ graceMs: 0 });
      for (const { socket } of [...scene.clients.splice(0), ...s1.sessions.splice(0)]) socket.destroy();
      while (openDescriptors() > descriptors || threads() > running) await setImmediate();
    }
    const ends = scene.facts.of('listenerStopped');
    expect(ends.map(({ aborted }) => aborted)).toEqual([1, 1]);
    expect(scene.facts.of('workerFailed')).toEqual([]);
    // What was counted stays.
    const { sessions, sessionsTotal } = balancer.overview().services[0]!.listeners[0]!;
    expect({ sessions, sessionsTotal }).toEqual({ sessions: 0, sessionsTotal: 2 * (addresses.length + 1) });
  });

  it('waits for sessions under way when it stops, and takes no new ones', async () => {
    const balancer = await scene.start(tcpService('T', [s1.options]));
    const port = scene.portOf('T');
    const session = await scene.session('T');
    const stopped = balancer.stop();
    // The port is free while the session goes on.
    for (;;) {
      const other = createServer();
      const isFree = await new Promise<boolean>((resolve) => {
        other.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
      });
      other.close();
      await setImmediate();
      if (isFree) break;
    }
    session.send('still here');
    await (await s1.session()).untilBytes(10);
    session.socket.resetAndDestroy();
    await stopped;
  });

  it('refuses a port that is in use, by another balancer with workers as well', async () => {
    const tcp = tcpService('T', [s1.options]);
    const udp = { ...tcp, name: 'U', mode: 'udp' } as const;
    await scene.start(tcp, udp);
    for (const service of [tcp, udp]) {
      const other = new Balancer({
        workers: 2,
        services: [{ ...service, port: scene.portOf(service.name) }],
      });
      await expect(other.start()).rejects.toMatchObject({ code: 'SLUICE_ERR_ADDRESS_IN_USE' });
    }
  });

  it('apply: changed servers while sessions go on, and a changed service on the same port', async () => {
    const service = tcpService('T', [s1.options], { persistence });
    const balancer = await scene.start(service);
    const old = await scene.session('T', addresses[0]);
    await balancer.apply({ services: [{ ...service, servers: [s1.options, s2.options] }] });
    const before = await serversOf('T');
    expect(before).toContain('s2');
    old.send('1');
    await (await s1.session()).untilBytes(1);

    // Another option replaces the service; named tables stay, and so do clients on their servers.
    const { port } = balancer.overview().services[0]!.listeners[0]!;
    const changed = { ...service, port, servers: [s1.options, s2.options], maxQueued: 7 };
    const applied = balancer.apply({ services: [changed] });
    await scene.facts.count('listenerStarted', 2);
    expect(await serversOf('T')).toEqual(before);
    old.send('2');
    await (await s1.session()).untilBytes(2);
    old.socket.resetAndDestroy();
    await applied;
  });

  it('apply: is over once every worker goes by it', async () => {
    const service = tcpService('T', [s1.options]);
    const balancer = await scene.start(service);
    const release = await scene.hold(0);
    let isApplied = false;
    const applied = balancer.apply({ services: [{ ...service, servers: [s2.options] }] }).then(() => {
      isApplied = true;
    });
    await turns();
    expect(isApplied).toBe(false);
    release();
    await applied;
    expect(new Set(await serversOf('T'))).toEqual(new Set(['s2']));
  });

  it('duplicate: the copy knows the clients of the original', async () => {
    const balancer = await scene.start(
      tcpService('T', [s1.options, s2.options], { persistence: { kind: 'sourceIp' } }),
    );
    const before = await serversOf('T');
    expect(new Set(before).size).toBe(2);
    await balancer.duplicate('T', { name: 'COPY', port: 0 });
    expect(await serversOf('COPY')).toEqual(before);
  });

  it('explains from the table that workers fill', async () => {
    const balancer = await scene.start(tcpService('T', [s1.options, s2.options], { persistence }));
    const before = await serversOf('T');
    for (const [index, address] of addresses.entries()) {
      expect(balancer.explain(address).get('T')).toEqual({ server: before[index], reason: 'table' });
    }
  });
});

describe('a configuration with workers', () => {
  const server = { name: 's1', host: '127.0.0.1', port: 1 };

  it('refuses what cannot go to other threads, all at once, and says what to do', () => {
    const live = { build: leastConnections().build, kind: 'own' };
    const services = [
      tcpService('A', [server], { balance: live }),
      tcpService('B', [server], { persistence: sourceIp() }),
      { ...tcpService('C', [server]), persistence: { kind: 'chain', of: [sourceIp()] } } as const,
    ];
    expect(() => new Balancer({ workers: 2, engine: 'portable', services })).toThrow(
      expect.objectContaining({
        code: 'SLUICE_ERR_OPTIONS',
        problems: [
          expect.objectContaining({ path: 'engine' }),
          expect.objectContaining({ path: 'services[0].balance' }),
          expect.objectContaining({ path: 'services[1].persistence' }),
          expect.objectContaining({ path: 'services[2].persistence.of[0]' }),
        ] as unknown,
      }),
    );
    expect(() => new Balancer({ workers: 65, services: [tcpService('A', [server])] })).toThrow(/workers/u);
  });

  it.skipIf(noWorkers === undefined)(
    'serves in its own thread where there is no Linux engine, and says why',
    async () => {
      const scene = new WorkersScene(2);
      const s1 = await scene.addServer('s1');
      try {
        const balancer = await scene.start(
          tcpService('T', [s1.options], { persistence: { kind: 'sourceIp' } }),
        );
        expect((await scene.session('T')).text).toBe('s1');
        expect(scene.workers).toEqual([]);
        expect(balancer.engine.reason).toContain(`; no workers: ${noWorkers!}`);
      } finally {
        await scene.close();
      }
    },
  );
});
