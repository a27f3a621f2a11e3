import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { Balancer, Listener, OptionsError, type BalancerConfig } from '../../src/index.ts';
import {
  closeAll,
  eventually,
  get,
  openHttpServer,
  openHttpService,
  RawClient,
} from '../support/http-harness.ts';
import { TcpScene } from '../integration/tcp/tcp-scene.ts';
import { onceFasterThan } from '../support/once-faster-than.ts';

afterEach(closeAll);

/** Has this process stand still. */
function stall(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}

describe('defect 31b: a process that stood still', () => {
  it.each([
    ['a first request', 0],
    ['a next request', 1],
  ])('does not blame a client whose bytes were there: %s', async (_what, requestsBefore) => {
    const server = await openHttpServer('ok');
    const http = { headTimeoutMs: 100, keepAliveTimeoutMs: 100, connectTimeoutMs: 100, bodyTimeoutMs: 100 };
    const service = await openHttpService({ servers: [server.port], http });
    for (let round = 0; round < 3; round++) {
      const client = await RawClient.connect(service.port);
      await eventually(() => service.accepted.length === round + 1);
      for (let index = 0; index < requestsBefore; index++) await client.ask(get('/'));
      client.send(get('/'));
      stall(250);
      expect(await client.until('ok')).toMatch(/^HTTP\/1.1 200/);
      client.socket.destroy();
    }
  });

  it('does not blame a server that had accepted', async () => {
    const scene = new TcpScene();
    try {
      await scene.start(1, { connectTimeoutMs: 60 });
      scene.listener.once('decisionMade', () => process.nextTick(stall, 200));
      await scene.session();
      expect(scene.facts.of('connectFailed')).toEqual([]);
    } finally {
      await scene.close();
    }
  });

  it('still keeps its limits', async () => {
    const server = await openHttpServer('ok');
    const service = await openHttpService({ servers: [server.port], http: { headTimeoutMs: 100 } });
    const client = await RawClient.connect(service.port);
    stall(250);
    client.send('GET / HT');
    await client.until('HTTP/1.1 408');
  });
});

describe('defect 31b: a process with nothing left to do', () => {
  it('ends as soon as its service has stopped', async () => {
    const program = new URL('../support/programs/http-stop-and-exit.ts', import.meta.url).pathname;
    const tsx = new URL('../../node_modules/.bin/tsx', import.meta.url).pathname;
    await onceFasterThan(250, async () => {
      const { stdout } = await promisify(execFile)(tsx, [program], { timeout: 15_000 });
      return Number(stdout);
    });
  });
});

describe('defect 31b: a wrong option', () => {
  const host = '127.0.0.1';
  const service = {
    name: 'DICOM',
    mode: 'tcp',
    host,
    port: 104,
    servers: [{ name: 's1', host, port: 11_112 }],
  };

  function pathsOf(make: () => unknown): string[] {
    try {
      make();
    } catch (error) {
      if (error instanceof OptionsError) return error.problems.map(({ path }) => path);
      throw error;
    }
    return [];
  }

  it.each([
    ['a port of the service', { port: 'x', servers: [{ name: 's1', host }] }, ['services[0].port']],
    ['a port of a server', { servers: [{ name: 's1', host, port: 0 }] }, ['services[0].servers[0].port']],
    ['a host of a server', { servers: [{ name: 's1', host: '' }] }, ['services[0].servers[0].host']],
  ])('is one problem: %s', (_what, change, paths) => {
    const config = { services: [{ ...service, ...change }] } as unknown as BalancerConfig;
    expect(pathsOf(() => new Balancer(config))).toEqual(paths);
  });

  it('of two services is a problem of each, and no clash', () => {
    const wrong = { ...service, name: '', port: 70_000 };
    const config = { services: [wrong, wrong] } as unknown as BalancerConfig;
    expect(pathsOf(() => new Balancer(config)).sort()).toEqual([
      'services[0].name',
      'services[0].port',
      'services[1].name',
      'services[1].port',
    ]);
  });

  it('of a listener is one problem', () => {
    const options = { name: 'DICOM', mode: 'tcp', host, port: -1, pool: { servers: [{ name: 's1', host }] } };
    expect(pathsOf(() => new Listener(options as never))).toEqual(['listener.port']);
  });
});
