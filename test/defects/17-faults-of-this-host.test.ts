import http from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { selectEngine } from '../../src/engine/select-engine.ts';
import { SluiceError } from '../../src/base/errors.ts';
import { HealthCheck } from '../../src/health/health-check.ts';
import { Listener } from '../../src/index.ts';
import { systemRuntime } from '../../src/runtime/system-runtime.ts';
import { VirtualClock } from '../../src/runtime/virtual-clock.ts';
import { TcpScene } from '../integration/tcp/tcp-scene.ts';
import { FactRecord } from '../support/fact-record.ts';
import { starve } from '../support/starved-engine.ts';

let scene: TcpScene;
let real: Engine;
const starvedPorts = new Set<number>();

beforeEach(() => {
  scene = new TcpScene();
  real = selectEngine('auto', systemRuntime).engine;
  starvedPorts.clear();
});

afterEach(async () => {
  await scene.close();
  await real.close();
});

const passiveHealth = { failures: 2, ejectMs: 60_000 };
const firstAvailable = { kind: 'firstAvailable' } as const;

describe('defect 17: a server is not blamed for faults of this host', () => {
  it('is neither ejected nor counted against in TCP mode, and the client tries another one', async () => {
    const [first] = await scene.addServers('s1', 's2', 's3');
    starvedPorts.add(first!.port);
    const pool = { passiveHealth, balance: firstAvailable };
    await scene.listen({ engine: starve(real, starvedPorts), pool }).start();
    for (let client = 0; client < 5; client++) expect((await scene.session()).text).toBe('s2');
    expect(scene.facts.of('connectFailed')).toMatchObject(Array(5).fill({ server: 's1', side: 'local' }));
    expect(scene.facts.of('serverEjected')).toEqual([]);
    starvedPorts.clear();
    expect((await scene.session()).text).toBe('s1');
    expect(scene.listener.overview().servers).toMatchObject([{ connectFailuresTotal: 0 }, {}, {}]);
  });

  it('nor in HTTP mode', async () => {
    const servers = await Promise.all(['A', 'B', 'C'].map(answering));
    starvedPorts.add(servers[0]!.port);
    const listener = new Listener({
      name: 'web',
      mode: 'http',
      host: '127.0.0.1',
      port: 0,
      engine: starve(real, starvedPorts),
      pool: {
        servers: servers.map(({ name, port }) => ({ name, host: '127.0.0.1', port })),
        passiveHealth,
        balance: firstAvailable,
      },
    });
    const facts = new FactRecord(listener);
    await listener.start();
    try {
      for (let client = 0; client < 5; client++) expect(await ask(listener.port)).toBe('B');
      expect(facts.of('serverEjected')).toEqual([]);
      starvedPorts.clear();
      expect(await ask(listener.port)).toBe('A');
      expect(listener.overview().servers).toMatchObject([{ connectFailuresTotal: 0 }, {}, {}]);
    } finally {
      await listener.stop({ graceMs: 0 });
      for (const { server } of servers) server.close().closeAllConnections();
    }
  });

  it('is still blamed for its own', async () => {
    const [first] = await scene.addServers('s1', 's2', 's3');
    first!.refuse();
    await scene.listen({ engine: real, pool: { passiveHealth, balance: firstAvailable } }).start();
    await scene.session();
    await scene.session();
    expect(scene.facts.of('connectFailed')).toMatchObject(Array(2).fill({ server: 's1', side: 'server' }));
    expect(scene.facts.of('serverEjected')).toMatchObject([{ server: 's1' }]);
  });

  it('is not taken down by probes that this machine cannot carry out', async () => {
    const [first] = await scene.addServers('s1');
    const logged: string[] = [];
    const reports: string[] = [];
    const changes: string[] = [];
    const clock = new VirtualClock();
    const runtime = { clock, random: () => 0, log: (_: unknown, text: string) => void logged.push(text) };
    const options = { probe: { kind: 'connect' }, intervalMs: 1000, fall: 1 } as const;
    const subject = {
      ...{ service: 'S', serviceHost: '127.0.0.1', servicePort: 1 },
      ...{ server: 's1', host: first!.host, port: first!.port },
    };
    const watch = new HealthCheck(options).watch(
      subject,
      { engine: starve(real, starvedPorts), runtime },
      {
        onProbe: ({ code }) => reports.push(code),
        onHealth: (current) => changes.push(current),
      },
    );
    const probed = async (count: number): Promise<void> => {
      await clock.advance(1000);
      await expect.poll(() => reports.length).toBe(count);
    };
    await probed(1);
    starvedPorts.add(first!.port);
    await probed(2);
    await probed(3);
    watch.stop();
    expect([reports, changes]).toEqual([['connected', 'local-fault', 'local-fault'], ['up']]);
    expect(logged).toEqual([expect.stringContaining('s1 (S) cannot be checked: The probe could not begin')]);
  });

  it('lets an own probe say so', async () => {
    const changes: string[] = [];
    const clock = new VirtualClock();
    const check = (): Promise<never> => Promise.reject(new SluiceError('SLUICE_ERR_PROBE', 'no token'));
    const watch = new HealthCheck({ probe: { kind: 'own', check }, startJitterMs: 0 }).watch(
      { service: 'S', serviceHost: 'h', servicePort: 1, server: 's1', host: 'h', port: 1 },
      { engine: real, runtime: { clock, random: () => 0, log: () => undefined } },
      { onProbe: () => undefined, onHealth: (current) => changes.push(current) },
    );
    await clock.advance(60_000);
    watch.stop();
    expect(changes).toEqual([]);
  });
});

interface Answering {
  readonly name: string;
  readonly port: number;
  readonly server: http.Server;
}

async function answering(name: string): Promise<Answering> {
  const server = http.createServer((_request, response) => response.end(name));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { name, port: (server.address() as { port: number }).port, server };
}

function ask(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port, agent: false }, (response) => {
      let body = '';
      response.on('data', (chunk) => (body += String(chunk)));
      response.on('end', () => resolve(body));
    });
    request.on('error', reject);
  });
}
