import { existsSync, linkSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ControlClient } from '../../../src/control/control-client.ts';
import { ControlServer } from '../../../src/control/control-server.ts';
import type { ControlOverview } from '../../../src/control/file-comparison.ts';
import type { Balancer, Overview } from '../../../src/index.ts';
import type { LogEntry } from '../../../src/records/log-entry.ts';
import { AccessRecords } from '../../support/access-records.ts';
import { ownAddress } from '../../support/own-address.ts';
import type { TinyServer } from '../../support/tiny-server.ts';
import { UdpScene } from '../../support/udp-scene.ts';
import { BalancerScene, tcpService } from '../balancer/balancer-scene.ts';

let scene: BalancerScene;
let s1: TinyServer;
let balancer: Balancer;
let folder: string;
let path: string;
let control: ControlServer;
let client: ControlClient;
/** What the configuration file says. */
let said: Balancer['config'];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-control-'));
  path = join(folder, 'run', 'control.sock');
  scene = new BalancerScene();
  s1 = await scene.addServer('s1');
  const s2 = await scene.addServer('s2');
  const first = { balance: { kind: 'firstAvailable' } } as const;
  balancer = await scene.start(tcpService('DICOM', [s1.options, s2.options], first));
  said = balancer.config;
  control = await ControlServer.open(balancer, {
    path,
    file: '/etc/pacs.yaml',
    readFile: () => said,
  });
  client = new ControlClient(path);
});

afterEach(async () => {
  await control.close();
  await scene.close();
  rmSync(folder, { recursive: true });
});

function serverNames(): readonly string[] {
  return balancer.overview().services[0]!.listeners[0]!.servers.map(({ name }) => name);
}

describe('the control socket', () => {
  it('is for its user alone, and gone after close', async () => {
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'run')).mode & 0o777).toBe(0o700);
    await control.close();
    expect(existsSync(path)).toBe(false);
    await expect(client.get('/v1/status')).rejects.toMatchObject({ code: 'SLUICE_ERR_NOT_FOUND' });
  });

  it('closes although somebody is connected who asks nothing', async () => {
    const silent = connect(path);
    await once(silent, 'connect');
    const ended = once(silent, 'close');
    silent.resume();
    await control.close();
    await ended;
  });

  it('takes the place of one that a dead process left, and of no other', async () => {
    await expect(ControlServer.open(balancer, { path })).rejects.toMatchObject({
      code: 'SLUICE_ERR_ADDRESS_IN_USE',
    });
    const dead = createServer().listen(join(folder, 'dead.sock'));
    await once(dead, 'listening');
    // A process that is killed leaves its socket behind.
    const left = join(folder, 'left.sock');
    linkSync(join(folder, 'dead.sock'), left);
    await new Promise((resolve) => dead.close(resolve));
    await using second = await ControlServer.open(balancer, { path: left });
    expect(await new ControlClient(second.path).get('/v1/status')).toMatchObject({ pid: process.pid });
  });

  it('leaves a file alone that is no socket', async () => {
    const file = join(folder, 'precious');
    writeFileSync(file, 'kept');
    await expect(ControlServer.open(balancer, { path: file })).rejects.toMatchObject({
      code: 'SLUICE_ERR_LISTEN',
    });
    expect(statSync(file).size).toBe(4);
  });

  it('tells every wrong option at once', async () => {
    const options = { path: 7, files: 'x' } as never;
    await expect(ControlServer.open(balancer, options)).rejects.toMatchObject({
      problems: [{ path: 'control.path' }, { path: 'control', expected: "a known option such as 'file'" }],
    });
  });
});

describe('answers', () => {
  it('says how things stand', async () => {
    expect(await client.get('/v1/status')).toMatchObject({ pid: process.pid, file: '/etc/pacs.yaml' });
    const overview = (await client.get('/v1/overview')) as Overview;
    expect(overview.services[0]).toMatchObject({ name: 'DICOM', status: 'up' });
    expect(await client.get('/v1/configuration')).toEqual(JSON.parse(JSON.stringify(balancer.config)));
    await scene.session('DICOM');
    expect(await client.get('/v1/explain', { client: '127.0.0.1' })).toMatchObject({
      DICOM: { server: 's1', reason: 'balance', sessions: [{ server: 's1', service: 'DICOM' }] },
    });
    expect(await client.get('/v1/explain', { client: '127.0.0.9' })).toMatchObject({
      DICOM: { sessions: [] },
    });
    expect(await client.get('/v1/sessions', { client: '127.0.0.0/30' })).toHaveLength(1);
    expect(await client.get('/v1/sessions', { client: '127.0.0.9' })).toEqual([]);
  });

  it.each([
    ['/v1/overveiw', {}, 'SLUICE_ERR_NOT_FOUND', "did you mean '/v1/overview'?"],
    ['/v1/halt', {}, 'SLUICE_ERR_NOT_FOUND', 'it takes POST'],
    ['/v1/explain', {}, 'SLUICE_ERR_OPTIONS', 'client: expected an IP address'],
    ['/v1/explain', { client: 'ct-1' }, 'SLUICE_ERR_OPTIONS', 'an IP address'],
    ['/v1/overview', { of: 'all' }, 'SLUICE_ERR_OPTIONS', 'a known option'],
  ])('refuses GET %s %j', async (route, query, code, message) => {
    await expect(client.get(route, query as never)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
  });

  it('refuses a body that is no JSON, and one that is too large', async () => {
    const statuses = await Promise.all([send('{'), send(`"${'x'.repeat(17 * 1024 * 1024)}"`)]);
    expect(statuses).toEqual([400, 400]);
  });
});

/** @returns the status */
function send(body: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const call = request(
      { socketPath: path, method: 'POST', path: '/v1/halt' },
      (response: IncomingMessage) => {
        response.resume();
        resolve(response.statusCode);
      },
    );
    let isAnswered = false;
    call.on('response', () => (isAnswered = true));
    // The balancer stops to read what is too large.
    call.on('error', (error) => (isAnswered ? undefined : reject(error)));
    call.end(body);
  });
}

describe('the file and the balancer', () => {
  it('differ by orders that were not saved', async () => {
    const file = async (): Promise<unknown> => ((await client.get('/v1/overview')) as ControlOverview).file;
    expect(await file()).toEqual({ path: '/etc/pacs.yaml', differences: [] });
    await client.post('/v1/halt', { server: 's1' });
    const text = 's1 of DICOM: halted by order, file says online; --save keeps it';
    expect(await file()).toMatchObject({
      differences: [{ service: 'DICOM', server: 's1', isByOrder: true, text }],
    });
    said = balancer.config;
    expect(await file()).toMatchObject({ differences: [] });
  });

  it('need a file that is read', async () => {
    const options = { path: join(folder, 'other.sock'), readFile: () => said };
    await expect(ControlServer.open(balancer, options)).rejects.toMatchObject({
      problems: [{ path: 'control.file' }],
    });
  });
});

describe('what happened', () => {
  const log = async (query: Record<string, string> = {}): Promise<readonly LogEntry[]> => {
    const told: LogEntry[] = [];
    const onProgress = (entry: unknown): void => void told.push(entry as LogEntry);
    await client.follow('GET', '/v1/log', query, { onProgress });
    return told;
  };

  async function endedSession(localAddress?: string): Promise<void> {
    const records = new AccessRecords(balancer);
    (await scene.session('DICOM', localAddress)).socket.resetAndDestroy();
    await records.first();
    await records.log.close();
  }

  it('is told with who ordered it, as the caller says', async () => {
    const alice = new ControlClient(path, { user: 'alice', program: 'sluice halt' });
    const by = 'alice (claimed by sluice halt)';
    await alice.post('/v1/halt', { server: 's1' });
    await alice.post('/v1/weight', { server: 's2', weight: 7 });
    await expect(alice.post('/v1/halt', { server: 's9' })).rejects.toThrow();
    await alice.post('/v1/plan', { configuration: said });
    expect(await log()).toMatchObject([
      {
        kind: 'event',
        event: 'serverAdminStateChanged',
        current: 'halt',
        by,
        message: expect.stringContaining(by) as string,
      },
      { kind: 'order', order: 'halt', server: 's1', by },
      { event: 'serverWeightChanged', by },
      { order: 'weight', by },
    ]);
  });

  it('is told who added and removed a server, whatever the order', async () => {
    const [alice, bob] = ['alice', 'bob'].map((user) => new ControlClient(path, { user, program: 'sluice' }));
    await alice!.post('/v1/servers/add', { server: { name: 's3', host: '127.0.0.1', port: 9 } });
    await bob!.post('/v1/servers/remove', { server: 's3' });
    const [service] = said.services;
    const configuration = { services: [{ ...service, servers: [s1.options] }] };
    await bob!.follow('POST', '/v1/apply', { configuration }, { onProgress: () => undefined });
    const [byAlice, byBob] = ['alice', 'bob'].map((user) => `${user} (claimed by sluice)`);
    expect((await log()).filter(({ kind }) => kind === 'event')).toMatchObject([
      { event: 'serverAdded', server: 's3', by: byAlice, message: `DICOM: s3 was added, by ${byAlice}` },
      { event: 'serverRemoved', server: 's3', by: byBob },
      { event: 'serverRemoved', server: 's2', by: byBob },
    ]);
  });

  it('is told of a drain to its end', async () => {
    const alice = new ControlClient(path, { user: 'alice', program: 'sluice drain' });
    await alice.follow('POST', '/v1/drain', { server: 's1', then: 'halt' }, { onProgress: () => undefined });
    const by = 'alice (claimed by sluice drain)';
    const states = (await log()).filter(
      (entry) => entry.kind === 'event' && entry.event === 'serverAdminStateChanged',
    );
    expect(states).toMatchObject([
      { current: 'drain', by },
      { current: 'halt', by },
    ]);
  });

  it('is told of sessions that ended, by service and client', async () => {
    const [own, other] = [ownAddress(), ownAddress()];
    await endedSession(own);
    await endedSession(other);
    await client.post('/v1/halt', { server: 's2' });
    const record = { service: 'DICOM', server: 's1', pick: 'balance' };
    expect(await log({ about: 'access' })).toMatchObject([{ record }, { record }]);
    const [first, ...more] = await log({ client: own });
    expect(more).toEqual([]);
    expect(first).toMatchObject({
      kind: 'access',
      record: { client: expect.stringContaining(own) as string },
    });
    expect(await log({ about: 'state' })).toMatchObject([{ kind: 'event' }, { kind: 'order' }]);
    await expect(log({ service: 'DIKOM' })).rejects.toMatchObject({ code: 'SLUICE_ERR_NOT_FOUND' });
    await expect(log({ client: 'ct-1' })).rejects.toMatchObject({ code: 'SLUICE_ERR_OPTIONS' });
  });

  it('goes on without a gap, with every event where that is asked for', async () => {
    await endedSession();
    const told: string[] = [];
    const enough = new AbortController();
    await client.follow(
      'GET',
      '/v1/log',
      { follow: 'true', detail: 'true' },
      {
        onProgress: (entry) => {
          const { kind, event } = entry as { readonly kind: string; readonly event?: string };
          told.push(event ?? kind);
          if (told.length === 1) void endedSession();
          if (told.filter((word) => word === 'access').length === 2) enough.abort();
        },
        signal: enough.signal,
      },
    );
    expect(told.slice(0, 3)).toEqual(['access', 'decisionMade', 'sessionOpened']);
    expect(told.filter((word) => word === 'access')).toHaveLength(2);
  });
});

describe('a reader that is too slow', () => {
  it('is told how much it misses, and slows nobody down', async () => {
    const asked = request({ socketPath: path, path: '/v1/log?follow=true&about=state' });
    asked.end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    for (let count = 0; count < 30_000; count++)
      balancer.setWeight({ server: 's1', weight: 2 + (count % 2) });
    let text = '';
    for await (const chunk of response as AsyncIterable<Buffer>) {
      text += chunk.toString();
      if (text.includes('"dropped"')) break;
    }
    const told = text.match(/"event":"serverWeightChanged"/gu)?.length;
    const [, dropped] = /"dropped":(\d+)/u.exec(text) ?? [];
    expect([told, Number(dropped)]).toEqual([10_000, 20_000]);
  });
});

describe('orders', () => {
  it('changes states and weights', async () => {
    await client.post('/v1/halt', { server: 's1', service: 'DICOM' });
    await client.post('/v1/weight', { server: 's2', weight: 7 });
    expect(balancer.config.services[0]!.servers).toMatchObject([{ adminState: 'halt' }, { weight: 7 }]);
    await client.post('/v1/online', { server: 's1' });
    expect(balancer.config.services[0]!.servers[0]).toMatchObject({ adminState: 'online' });
  });

  it('adds and removes servers, while orders that were given stand', async () => {
    balancer.setWeight({ server: 's2', weight: 9 });
    await client.post('/v1/servers/add', { server: { name: 's3', host: '127.0.0.1' }, service: 'DICOM' });
    expect(serverNames()).toEqual(['s1', 's2', 's3']);
    await client.post('/v1/servers/remove', { server: 's1' });
    expect(serverNames()).toEqual(['s2', 's3']);
    expect(balancer.config.services[0]!.servers[0]).toMatchObject({ weight: 9 });
  });

  it.each([
    ['/v1/halt', { server: 's9' }, 'SLUICE_ERR_NOT_FOUND', 'known servers: s1, s2'],
    ['/v1/halt', { sever: 's1' }, 'SLUICE_ERR_OPTIONS', "such as 'server'"],
    ['/v1/weight', { server: 's1', weight: 300 }, 'SLUICE_ERR_OPTIONS', 'from 0 to 256'],
    ['/v1/duplicate', { service: 'QUERY', changes: { name: 'Q' } }, 'SLUICE_ERR_NOT_FOUND', 'DICOM'],
    ['/v1/servers/add', { server: { name: 's1', host: '::1' } }, 'SLUICE_ERR_OPTIONS', "'s1' again"],
    ['/v1/servers/add', { server: { name: 's3' } }, 'SLUICE_ERR_OPTIONS', 'server.host'],
    ['/v1/servers/remove', { server: 's9' }, 'SLUICE_ERR_NOT_FOUND', 'known servers: s1, s2'],
    ['/v1/apply', {}, 'SLUICE_ERR_OPTIONS', 'configuration: expected a configuration'],
  ])('refuses %s %j, and changes nothing', async (route, body, code, message) => {
    const before = JSON.stringify(balancer.config);
    const expected = { code, message: expect.stringContaining(message) as string };
    await expect(client.post(route, body)).rejects.toMatchObject(expected);
    expect(JSON.stringify(balancer.config)).toBe(before);
  });

  it('duplicates a service', async () => {
    await client.post('/v1/duplicate', { service: 'DICOM', changes: { name: 'QUERY', port: 0 } });
    expect(balancer.overview().services.map(({ name }) => name)).toEqual(['DICOM', 'QUERY']);
  });
});

describe('questions of somebody who still writes', () => {
  it('tells what a configuration would be refused for, and what lint finds in it', async () => {
    const [service] = balancer.config.services;
    const check = (changes: object): Promise<unknown> =>
      client.post('/v1/check', { configuration: { services: [{ ...service, ...changes }] } });
    expect(await check({})).toMatchObject({ problems: [] });
    expect(await check({ port: 'x' })).toMatchObject({ problems: [{ path: 'services[0].port' }] });
    const healthCheck = { probe: { kind: 'http' } };
    expect(await check({ healthCheck })).toMatchObject({ findings: [{ rule: 'dup-check-kind' }] });
  });

  it('tells it of a copy that is not made, and changes nothing', async () => {
    const before = balancer.config;
    const check = (changes: object): Promise<unknown> =>
      client.post('/v1/duplicate/check', { service: 'DICOM', changes: { name: 'QUERY', ...changes } });
    expect(await check({ persistence: { kind: 'httpCookie' } })).toMatchObject({
      ...{ path: 'services[1]', copy: { name: 'QUERY', mode: 'tcp' } },
      findings: expect.arrayContaining([
        expect.objectContaining({ rule: 'persist-mode', severity: 'error' }),
      ]) as unknown,
    });
    expect(await check({ port: 'x' })).toMatchObject({ problems: [{ path: 'services[1].port' }] });
    await expect(client.post('/v1/duplicate/check', { service: 'MWL', changes: {} })).rejects.toThrow(
      /No service/u,
    );
    expect(balancer.config).toEqual(before);
  });
});

describe('orders that take their time', () => {
  it('tells what a drain waits for, and its outcome', async () => {
    const session = await scene.session('DICOM');
    const told: unknown[] = [];
    const outcome = client.follow(
      'POST',
      '/v1/drain',
      { server: 's1', then: 'halt' },
      {
        onProgress: (progress) => {
          told.push(progress);
          session.socket.resetAndDestroy();
        },
      },
    );
    expect(await outcome).toEqual({ DICOM: 'empty' });
    expect(told[0]).toEqual({ sessions: { DICOM: 1 }, flows: {} });
    expect(balancer.config.services[0]!.servers[0]).toMatchObject({ adminState: 'halt' });
  });

  it('tells which of them are silent flows, and how long these last', async () => {
    const silent = new UdpScene();
    const { port } = (await silent.bind()).address();
    const server = { name: 's1', host: '127.0.0.1', port };
    const names = { name: 'NAMES', mode: 'udp', host: '127.0.0.1', port: 0, servers: [server] } as const;
    const both = { ...tcpService('CHECK', [server]), mode: 'tcp+udp', udp: { idleTimeoutMs: 400 } } as const;
    await balancer.apply({ services: [{ ...names, idleTimeoutMs: 300 }, both] });
    const listeners = balancer.overview().services.flatMap((service) => service.listeners);
    for (const { port: asked } of listeners.filter(({ protocol }) => protocol === 'udp'))
      (await silent.connect('127.0.0.1', asked)).send('anybody there?');
    await scene.facts.count('flowOpened', 2);
    const told: unknown[] = [];
    const onProgress = (progress: unknown): unknown => told.push(progress);
    const outcome = await client.follow('POST', '/v1/drain', { server: 's1' }, { onProgress });
    expect(outcome).toEqual({ NAMES: 'empty', CHECK: 'empty' });
    expect(told[0]).toEqual({
      sessions: { NAMES: 1, CHECK: 1 },
      flows: { NAMES: { count: 1, idleTimeoutMs: 300 }, CHECK: { count: 1, idleTimeoutMs: 400 } },
    });
    await silent.close();
  });

  it('stands where nobody waits for it any more', async () => {
    await scene.session('DICOM');
    const waiting = new AbortController();
    const { signal } = waiting;
    const onProgress = (): void => waiting.abort();
    const order = { server: 's1' };
    expect(await client.follow('POST', '/v1/drain', order, { onProgress, signal })).toBeUndefined();
    expect(balancer.config.services[0]!.servers[0]).toMatchObject({ adminState: 'drain' });
  });

  it('applies another configuration, or tells why not', async () => {
    const [service] = balancer.config.services;
    const next = { services: [{ ...service, maxConnectAttempts: 1 }] };
    await client.follow('POST', '/v1/apply', { configuration: next }, { onProgress: () => undefined });
    expect(balancer.config.services[0]).toMatchObject({ maxConnectAttempts: 1 });
    const wrong = {
      services: [
        { ...service, port: -1 },
        { ...service, mode: 'tpc' },
      ],
    };
    const refused = client.follow(
      'POST',
      '/v1/apply',
      { configuration: wrong },
      { onProgress: () => undefined },
    );
    await expect(refused).rejects.toMatchObject({
      problems: [{ path: 'services[0].port' }, { path: 'services[1].mode' }],
    });
  });

  it('follows events, of one service or one client', async () => {
    const events = async (filter: Record<string, string>): Promise<readonly string[]> => {
      const names: string[] = [];
      const enough = new AbortController();
      const following = client.follow('GET', '/v1/events', filter, {
        onProgress: (event) => {
          names.push((event as { readonly event: string }).event);
          if (names.at(-1) === 'sessionOpened') enough.abort();
        },
        onBegun: () => void scene.session('DICOM'),
        signal: enough.signal,
      });
      await following;
      return names;
    };
    expect(await events({ client: '127.0.0.1' })).toEqual(['decisionMade', 'sessionOpened']);
    expect(await events({ service: 'DICOM' })).toEqual(['decisionMade', 'sessionOpened']);
  });

  it('ends what is under way when it closes', async () => {
    await scene.session('DICOM');
    let isTold = (): void => undefined;
    const told = new Promise<void>((resolve) => (isTold = resolve));
    const order = client.follow('POST', '/v1/drain', { server: 's1' }, { onProgress: () => isTold() });
    const refused = expect(order).rejects.toMatchObject({ code: 'SLUICE_ERR_STATE' });
    await told;
    await control.close();
    await refused;
  });
});
