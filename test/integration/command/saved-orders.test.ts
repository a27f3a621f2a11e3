import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PlainConfig } from '../../../src/config/plain-config.ts';
import type { ControlOverview } from '../../../src/control/file-comparison.ts';
import { readConfigFile } from '../../../src/file/read-config-file.ts';
import { CommandScene, type RunningBalancer } from './command-scene.ts';

let scene: CommandScene;

beforeEach(async () => {
  scene = await CommandScene.open();
});

afterEach(() => scene.close());

const comments = ['# The archive.', '# s1 of two', '# s2 of two'];

/** Servers of each service as the file states them, without their ports. */
async function inFile(): Promise<unknown> {
  const { value } = await readConfigFile(scene.file);
  return value.services.map(({ name, servers }) => [
    name,
    servers.map(({ host: _, port: __, ...server }) => server),
  ]);
}

/** Reads the file again: nothing differs from what the orders have made of the balancer. */
async function expectNoChange({ run, port }: RunningBalancer): Promise<void> {
  const client = await scene.session(port);
  const before = await scene.say(0, 'configuration');
  run.kill('SIGHUP');
  await run.printed(/SIGHUP: nothing differs|Applied\./u);
  expect(await scene.say(0, 'configuration')).toBe(before);
  expect(await scene.say(0, 'plan', scene.file)).toMatch(/^Nothing differs\.$/mu);
  expect(client.isClosed).toBe(false);
}

const [s1, s2] = [{ name: 's1' }, { name: 's2' }];

describe('an order with --save', () => {
  it.each([
    ['drain s1 --no-wait', [['DICOM', [{ ...s1, adminState: 'drain' }, s2]]]],
    ['drain s1 --no-wait --then halt', [['DICOM', [{ ...s1, adminState: 'halt' }, s2]]]],
    ['drain s1 --then halt', [['DICOM', [{ ...s1, adminState: 'halt' }, s2]]]],
    ['halt s1', [['DICOM', [{ ...s1, adminState: 'halt' }, s2]]]],
    ['weight s2 7 --service DICOM', [['DICOM', [s1, { ...s2, weight: 7 }]]]],
    ['add-server s3 127.0.0.1 --port 9 --weight 2', [['DICOM', [s1, s2, { name: 's3', weight: 2 }]]]],
    ['remove-server s2', [['DICOM', [s1]]]],
    [
      'duplicate DICOM --name QUERY --port 0',
      [
        ['DICOM', [s1, s2]],
        ['QUERY', [s1, s2]],
      ],
    ],
  ])('%s: is in the file, comments stay, and a reload changes nothing more', async (order, expected) => {
    const balancer = await scene.running();
    expect(await scene.say(0, ...order.split(' '), '--save')).toContain(`saved in ${scene.file}`);
    expect(await inFile()).toEqual(expected);
    const gone = comments.filter((comment) => !scene.text.includes(comment));
    expect(gone).toEqual(order === 'remove-server s2' ? ['# s2 of two'] : []);
    await expectNoChange(balancer);
  });

  it('online: takes a server back that the file had halted', async () => {
    const balancer = await scene.running();
    await scene.say(0, 'halt', 's1', '--save');
    await scene.say(0, 'online', 's1', '--save');
    expect(await inFile()).toEqual([['DICOM', [{ ...s1, adminState: 'online' }, s2]]]);
    for (const comment of comments) expect(scene.text).toContain(comment);
    await expectNoChange(balancer);
  });

  it('drain: goes on while the file is read again, and leaves it alone where it is cancelled', async () => {
    const { run, port } = await scene.running();
    const client = await scene.session(port);
    const drain = scene.begin('drain', 's1', '--then', 'halt', '--save');
    await drain.printed(/sessions left: DICOM 1/u);
    await scene.say(0, 'drain', 's1', '--no-wait', '--save');
    run.kill('SIGHUP');
    await run.printed(/Applied\./u);
    expect(client.isClosed).toBe(false);
    expect(await scene.say(0, 'online', 's1')).toContain('s1 is online');
    expect(await drain.ended()).toBe(1);
    expect(drain.output).toContain('s1 got another order: DICOM cancelled');
    expect(await inFile()).toEqual([['DICOM', [{ ...s1, adminState: 'drain' }, s2]]]);
  });

  it('drain: halts the server in the file where the deadline has', async () => {
    const balancer = await scene.running();
    const client = await scene.session(balancer.port);
    expect(await scene.say(0, 'drain', 's1', '--deadline', '10ms', '--save')).toContain('DICOM deadline');
    await client.untilReset();
    expect(await inFile()).toEqual([['DICOM', [{ ...s1, adminState: 'halt' }, s2]]]);
    await expectNoChange(balancer);
  });

  it('duplicate: has its own mode, persistence and probe, and takes along what fits', async () => {
    const check = '    healthCheck: { probe: { kind: connect }, intervalMs: 60s }\n';
    const balancer = await scene.running(
      '    persistence: { kind: sourceIp, ttlMs: 30m, table: clients }\n',
      check,
    );
    const flags = ['--mode', 'http', '--persistence', 'httpCookie', '--probe', 'http', '--save'];
    await scene.say(0, 'duplicate', 'DICOM', '--name', 'WEB', '--port', '0', ...flags);
    const { value } = await readConfigFile(scene.file);
    expect(value.services[1]).toMatchObject({
      ...{ name: 'WEB', mode: 'http', persistence: { kind: 'httpCookie' } },
      healthCheck: { probe: { kind: 'http' }, intervalMs: 60_000 },
    });
    await expectNoChange(balancer);
  });

  it('duplicate: is what runs, orders that the file has not of the original included', async () => {
    const balancer = await scene.running();
    await scene.say(0, 'weight', 's1', '5');
    await scene.say(0, 'halt', 's2');
    await scene.say(0, 'add-server', 's3', '127.0.0.1', '--port', '9', '--weight', '2');
    await scene.say(0, 'duplicate', 'DICOM', '--name', 'QUERY', '--port', '0', '--save');
    const copy = [
      { ...s1, weight: 5 },
      { ...s2, adminState: 'halt' },
      { name: 's3', weight: 2 },
    ];
    expect(await inFile()).toEqual([
      ['DICOM', [s1, s2]],
      ['QUERY', copy],
    ]);
    for (const comment of comments) expect(scene.text).toContain(comment);
    const { file } = JSON.parse(await scene.say(0, 'overview', '--json')) as ControlOverview;
    expect(file?.differences.filter(({ service }) => service === 'QUERY')).toEqual([]);
    balancer.run.kill('SIGHUP');
    await balancer.run.printed(/Applied\./u);
    const { services } = JSON.parse(await scene.say(0, 'configuration')) as PlainConfig;
    expect(services[1]?.servers).toMatchObject(copy);
  });
});

describe('an order that was given without --save', () => {
  const addition = ['add-server', 's3', '127.0.0.1', '--port', '9'];
  const copy = ['duplicate', 'DICOM', '--name', 'QUERY', '--port', '0'];

  it('add-server: puts the server that runs into the file when it is given again with --save', async () => {
    const balancer = await scene.running();
    await scene.say(0, ...addition);
    await scene.say(0, 'weight', 's3', '4');
    expect(await scene.say(0, 'overview')).toContain('s3 of DICOM: not in the file; add-server with --save');
    expect(await scene.say(2, ...addition, '--weight', '5', '--save')).toContain('a name used once');
    expect(await scene.say(0, ...addition, '--save')).toBe(`s3 runs already\nsaved in ${scene.file}\n`);
    expect(await inFile()).toEqual([['DICOM', [s1, s2, { name: 's3', weight: 4 }]]]);
    expect(await scene.say(0, ...addition, '--save')).toContain(`${scene.file} says so already`);
    await expectNoChange(balancer);
  });

  it('duplicate: puts the copy that runs into the file, and no other one', async () => {
    const balancer = await scene.running('    persistence: { kind: sourceIp }\n');
    await scene.say(0, ...copy);
    await scene.say(0, 'halt', 's2', '--service', 'QUERY');
    expect(await scene.say(0, 'overview')).toContain('QUERY: not in the file; duplicate with --save');
    const other = await scene.say(1, ...copy, '--persistence', 'none', '--save');
    expect(other).toMatch(/QUERY runs already, and not as this order .*persistence/u);
    expect(await inFile()).toEqual([['DICOM', [s1, s2]]]);
    const saved = await scene.say(0, ...copy, '--save');
    expect(saved).toContain('QUERY runs already');
    expect(saved).toContain(`saved in ${scene.file}`);
    expect(await inFile()).toEqual([
      ['DICOM', [s1, s2]],
      ['QUERY', [s1, { ...s2, adminState: 'halt' }]],
    ]);
    expect(await scene.say(0, ...copy, '--save')).toContain(`${scene.file} says so already`);
    await expectNoChange(balancer);
  });
});
