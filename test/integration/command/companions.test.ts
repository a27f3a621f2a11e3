import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Companions } from '../../../src/command/companions.ts';
import type { OptionsInForce } from '../../../src/command/run-flags.ts';
import { Balancer } from '../../../src/index.ts';
import { resolveAccessLogOptions } from '../../../src/records/access-log-options.ts';
import { OtherSide } from '../../contract/engine/other-side.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { TinyServer } from '../../support/tiny-server.ts';

const folder = temporaryFolder();
let server: TinyServer;
let balancer: Balancer;

beforeEach(async () => {
  server = await TinyServer.start('s1');
  const { name, host, port } = server;
  const service = {
    name: 'DICOM',
    mode: 'tcp',
    host: '127.0.0.1',
    port: 0,
    servers: [{ name, host, port }],
  } as const;
  balancer = new Balancer({ services: [service] });
  await balancer.start();
});

afterEach(async () => {
  await balancer.stop({ graceMs: 0 });
  server.kill();
});

function writingTo(name: string): OptionsInForce {
  const accessLog = resolveAccessLogOptions({ to: join(folder, name), flushIntervalMs: 1 });
  const off = { control: false, snapshotFile: false, metrics: false, admin: false } as const;
  return { ...off, accessLog, reloadGraceMs: Infinity };
}

async function session(): Promise<void> {
  const port = balancer.overview().services[0]!.listeners[0]!.port;
  const client = new OtherSide(connect({ port, host: '127.0.0.1', allowHalfOpen: true }));
  await client.untilBytes(2);
  client.socket.resetAndDestroy();
}

it('a log that changes under traffic has each record once', async () => {
  const told: string[] = [];
  const companions = new Companions(balancer, writingTo('0.log'), (line) => told.push(line));
  await companions.start();
  const changes = async (): Promise<void> => {
    for (let change = 1; change <= 20; change++) {
      // Every third one cannot be had, and the one before goes on.
      await companions.change(writingTo(change % 3 === 0 ? 'gone/x.log' : `${change % 5}.log`));
    }
  };
  const sessions = Array.from({ length: 8 }, async () => {
    for (let count = 0; count < 25; count++) await session();
  });
  await Promise.all([changes(), ...sessions]);
  await balancer.stop();
  await companions.stop();
  const lines = readdirSync(folder).flatMap((name) =>
    readFileSync(join(folder, name), 'utf8').trim().split('\n'),
  );
  const ids = lines.map((line) => (JSON.parse(line) as { readonly sessionId: number }).sessionId);
  expect(ids).toHaveLength(200);
  expect(new Set(ids).size).toBe(200);
  expect(told).toHaveLength(6);
  expect(told[0]).toMatch(/^accessLog stays as it was: .*ENOENT/u);
});
