import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ControlClient } from '../../../src/control/control-client.ts';
import { ControlServer } from '../../../src/control/control-server.ts';
import type { Balancer, BalancerConfig } from '../../../src/index.ts';
import { supportContents } from '../../../src/support/support-bundle.ts';
import { AccessRecords } from '../../support/access-records.ts';
import { ownAddress } from '../../support/own-address.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import type { TinyServer } from '../../support/tiny-server.ts';
import { BalancerScene, tcpService } from '../balancer/balancer-scene.ts';

/** Whatever a hospital would not hand out has it. */
const seed = 'XSEEDX';

const folder = temporaryFolder();
const client = ownAddress();
let scene: BalancerScene;
let web: Server;
let dicom: TinyServer;
let balancer: Balancer;
let control: ControlServer;

beforeEach(async () => {
  vi.stubEnv('SLUICE_TEST_PASSWORD', seed);
  scene = new BalancerScene();
  web = createServer((_request, response) => {
    response.writeHead(200, { 'Set-Cookie': `${seed}=${seed}`, 'X-Patient': seed }).end(seed);
  });
  web.listen(0, ownAddress());
  await once(web, 'listening');
  balancer = await startSeeded();
  control = await ControlServer.open(balancer, {
    path: join(folder, 'control.sock'),
    file: `/home/${seed}/${seed}.yaml`,
    readFile: () => ({ services: [tcpService('DICOM', [{ name: 'PACS9', host: `${seed}.test` }])] }),
  });
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await control.close();
  await scene.close();
  web.close();
  web.closeAllConnections();
});

async function startSeeded(): Promise<Balancer> {
  const { address, port } = web.address() as AddressInfo;
  const healthCheck = {
    intervalMs: 100_000,
    probe: {
      ...({
        kind: 'http',
        method: 'GET',
        path: `/aets/${seed}?key=${seed}`,
        host: `${seed}.test`,
        expectBody: seed,
      } as const),
      headers: { Authorization: seed, [seed]: seed },
    },
  } as const;
  dicom = await scene.addServer('PACS1');
  const command = {
    kind: 'external',
    command: '/bin/true',
    args: ['-aet', seed],
    env: { PASSWORD: seed },
  } as const;
  const cookie = {
    kind: 'httpCookie',
    name: seed,
    secret: seed,
    path: `/${seed}`,
    domain: `${seed}.test`,
  } as const;
  return scene.start(
    {
      ...{ name: 'Web', mode: 'http', host: '127.0.0.1', port: 0, healthCheck },
      persistence: { kind: 'chain', of: [cookie, { kind: 'sourceIp', table: seed }] },
      fallback: { page: { body: seed, contentType: `text/${seed}` } },
      servers: [{ name: 'PORTAL1', host: address, port }],
    },
    tcpService('DICOM', [dicom.options], {
      healthCheck: { intervalMs: 100_000, probe: command },
      persistence: { kind: 'sourceIp' },
    }),
  );
}

/** Requests and images with everything that tells of a patient, orders with everything that tells of a person. */
async function carryTraffic(): Promise<void> {
  const records = new AccessRecords(balancer);
  const call = request({
    ...{ host: '127.0.0.1', port: scene.portOf('Web'), localAddress: client, agent: false },
    ...{ method: 'PROPFIND', path: `/studies/${seed}?PatientName=${seed}` },
    headers: { Cookie: `JSESSIONID=${seed}; ${seed}=1`, Authorization: `Basic ${seed}`, [seed]: seed },
  });
  call.end();
  const [response] = (await once(call, 'response')) as [NodeJS.ReadableStream];
  response.resume();
  const session = await scene.session('DICOM', client);
  session.socket.end(`associate ${seed} ${seed}`);
  (await dicom.session()).socket.end();
  await records.count(2);
  await records.log.close();

  balancer.on('serverAdminStateChanged', () => {
    throw new Error(seed);
  });
  const caller = new ControlClient(control.path, { user: seed, program: `sluice ${seed}` });
  await caller.post('/v1/halt', { server: 'PACS1' });
  await caller.post('/v1/table/set', { service: 'DICOM', client, server: 'PACS1' });
}

async function bundle(): Promise<Readonly<Record<string, string>>> {
  const chunks: Buffer[] = [];
  for await (const chunk of await new ControlClient(control.path).download('/v1/support')) chunks.push(chunk);
  const archive = join(folder, 'support.tar.gz');
  writeFileSync(archive, Buffer.concat(chunks));
  execFileSync('tar', ['-xzf', archive, '-C', folder]);
  const read = ([name]: (typeof supportContents)[number]): readonly [string, string] => {
    return [name, readFileSync(join(folder, 'sluice-support', name), 'utf8')];
  };
  return Object.fromEntries(supportContents.map(read));
}

describe('a support bundle', () => {
  it('holds what helps, and nothing that nobody outside may see', async () => {
    await carryTraffic();
    const files = await bundle();
    expect(JSON.stringify(balancer.config)).toContain(seed);
    for (const [name, text] of Object.entries(files)) {
      expect(text, name).not.toBe('');
      expect(text.toUpperCase(), name).not.toContain(seed);
      expect(text, name).not.toContain(client);
    }
  });

  it('tells of each part what a stranger needs', async () => {
    await carryTraffic();
    const files = await bundle();
    const json = (name: string): unknown => JSON.parse(files[name]!) as unknown;
    expect(json('about.json')).toMatchObject({
      node: process.version,
      configurationFile: '.yaml',
      workers: 0,
    });
    const configuration = json('configuration.json') as BalancerConfig;
    expect(configuration.services).toMatchObject([
      {
        ...{ name: 'Web', mode: 'http', host: '127.0.0.1' },
        persistence: {
          kind: 'chain',
          of: [{ kind: 'httpCookie', name: 'not shown', secret: 'not shown' }, {}],
        },
        healthCheck: {
          intervalMs: 100_000,
          probe: { kind: 'http', path: 'not shown', headers: 'not shown' },
        },
      },
      { name: 'DICOM', servers: [{ name: 'PACS1', adminState: 'halt' }] },
    ]);
    expect(json('overview.json')).toMatchObject({
      services: [
        {},
        { listeners: [{ sessionsTotal: 1, tables: [{ entries: 1 }], servers: [{ name: 'PACS1' }] }] },
      ],
    });
    expect(files['metrics.txt']).toContain('sluice_build_info');
    const entries = files['log.jsonl']!.trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(entries).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          kind: 'access',
          client: 'client-1',
          server: 'PACS1',
          pick: 'balance',
          ending: '--',
        }),
        expect.objectContaining({ kind: 'order', order: 'halt', server: 'PACS1' }),
        expect.objectContaining({ kind: 'event', event: 'serverAdminStateChanged', current: 'halt' }),
      ]),
    );
  });
});
