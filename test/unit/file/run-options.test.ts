import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lintConfig } from '../../../src/config/lint.ts';
import { readConfig } from '../../../src/config/read-config.ts';
import { editConfigFile } from '../../../src/file/edit-config-file.ts';
import { readConfigFile, readControlOf } from '../../../src/file/read-config-file.ts';
import { plainRunOptions } from '../../../src/file/run-options.ts';
import { adminDefaults } from '../../../src/admin/admin-options.ts';
import { accessLogDefaults } from '../../../src/records/access-log-options.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { failureOf, oneService, problemsOf, read } from './file-scene.ts';

const folder = temporaryFolder();

function file(name: string, ...lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, lines.join('\n'));
  return path;
}

const whole = [
  'control: { path: /run/sluice/control.sock }',
  'snapshotFile: { path: state/pacs.snapshot, intervalMs: 60s }',
  'accessLog:',
  '  to: access.log',
  '  format: haproxy',
  '  services: [DICOM]',
  '  level: warn',
  '  sampleRatio: ${SAMPLE:-0.1}',
  '  logPath: none',
  '  logQuery: false',
  '  maxBufferedBytes: 64KiB',
  '  flushIntervalMs: 1s',
  'metrics: { host: 10.0.0.5, port: "${METRICS_PORT}" }',
  'reloadGraceMs: 12h',
  'admin: { folder: admin, host: 10.0.0.5, https: { certificate: lb.pem, key: keys/lb.key }, logInIdleMs: 1h, hosts: [LB1.Example.] }',
  oneService(),
];

describe('what a file states of a run', () => {
  it('is read with units and variables, and paths of its folder', async () => {
    const path = file('whole.yaml', ...whole);
    const { run, config } = await readConfigFile(path, { environment: { METRICS_PORT: '9464' } });
    expect(run).toEqual({
      control: { path: '/run/sluice/control.sock' },
      snapshotFile: { path: join(folder, 'state/pacs.snapshot'), intervalMs: 60_000 },
      accessLog: {
        to: join(folder, 'access.log'),
        format: 'haproxy',
        services: ['DICOM'],
        level: 'warn',
        sampleRatio: 0.1,
        logPath: 'none',
        logQuery: false,
        maxBufferedBytes: 65_536,
        flushIntervalMs: 1000,
      },
      metrics: { host: '10.0.0.5', port: 9464 },
      reloadGraceMs: 43_200_000,
      admin: {
        ...adminDefaults,
        folder: join(folder, 'admin'),
        host: '10.0.0.5',
        https: { certificate: join(folder, 'lb.pem'), key: join(folder, 'keys/lb.key') },
        hosts: ['lb1.example'],
        auditFile: join(folder, 'admin/audit.jsonl'),
        logInIdleMs: 3_600_000,
      },
    });
    expect(Object.isFrozen(run) && Object.values(run).every((options) => Object.isFrozen(options))).toBe(
      true,
    );
    expect(config.services).toHaveLength(1);
  });

  it('has defaults, and what may be standard output', async () => {
    const { run } = await read(`accessLog: { to: '-' }\nmetrics: { port: 0 }\n${oneService()}`);
    expect(run).toEqual({
      control: undefined,
      snapshotFile: false,
      accessLog: { ...accessLogDefaults, to: '-', services: undefined },
      metrics: { host: '127.0.0.1', port: 0 },
      reloadGraceMs: Infinity,
      admin: false,
    });
  });

  it('may be off, by a variable as well', async () => {
    const off = 'control: ${OFF}\nsnapshotFile: false\naccessLog: false\nmetrics: false\nadmin: false\n';
    const { run } = await read(off + oneService(), { environment: { OFF: 'false' } });
    expect(run).toMatchObject({
      control: false,
      snapshotFile: false,
      accessLog: false,
      metrics: false,
      admin: false,
    });
  });

  it('is no part of the configuration, for which it is unknown', async () => {
    const text = whole.join('\n').replace('"${METRICS_PORT}"', '9464');
    const { value, config } = await read(text);
    expect(Object.keys(value)).toEqual(['services']);
    expect(readConfig(value)).toEqual(config);
    expect(lintConfig(value)).toEqual([]);
    expect(() => readConfig({ ...value, metrics: { port: 1 } })).toThrow("'metrics'");
  });

  it('stays as it is where an order changes the file', async () => {
    const text = whole.join('\n').replace('"${METRICS_PORT}"', '9464');
    const before = await read(text);
    const after = await editConfigFile(before, [{ path: 'services[0].port', value: 105 }], {
      environment: {},
    });
    expect(after.run).toEqual(before.run);
    expect(after.document?.source.text).toBe(text.replace('port: 104', 'port: 105'));
  });

  it('may hold a function in a module', async () => {
    const path = file(
      'live.mjs',
      'export const records = [];',
      `export default { services: [{ name: 'A', mode: 'tcp', port: 1, servers: [] }],
        snapshotFile: { path: 'a.snapshot' }, accessLog: { to: (record) => records.push(record) } };`,
    );
    const { run, value } = await readConfigFile(path);
    expect(run).toMatchObject({ snapshotFile: { path: join(folder, 'a.snapshot') } });
    expect(run.accessLog && run.accessLog.to).toBeTypeOf('function');
    expect(plainRunOptions(run)).toMatchObject({
      accessLog: { to: 'a live object' },
      reloadGraceMs: 'Infinity',
    });
    expect(value).not.toHaveProperty('accessLog');
  });
});

describe('what is wrong with it', () => {
  it('is told together with the rest of the file, each at its line and column', async () => {
    const text = `acessLog: { to: access.log }
control: { paht: x }
snapshotFile: pacs.snapshot
metrics: { host: localhost, port: 99999 }
services:
  - { name: DICOM, mode: tcp, port: 10x4, servers: [] }
`;
    expect(await problemsOf(text)).toEqual([
      "pacs.yaml:1:1: expected a known option such as 'accessLog', got 'acessLog'",
      'pacs.yaml:2:1: control.path: expected the path of a Unix socket, got nothing',
      "pacs.yaml:2:12: control: expected a known option such as 'path', got 'paht'",
      'pacs.yaml:3:15: snapshotFile: expected an object of options, or false, got "pacs.snapshot" (string)',
      'pacs.yaml:4:18: metrics.host: expected an IP address of this machine, got "localhost" (string)',
      'pacs.yaml:4:35: metrics.port: expected an integer from 0 to 65535, got 99999 (number)',
      'pacs.yaml:6:37: services[0].port: expected an integer from 0 to 65535, got "10x4" (string)',
    ]);
  });

  it.each([
    [
      'accessLog: { to: a.log, sampleRate: 0.1 }',
      "1:25: accessLog: expected a known option such as 'sampleRatio', got 'sampleRate'",
    ],
    [
      'snapshotFile: { path: a, intervalMs: 10x }',
      '1:38: snapshotFile.intervalMs: expected a duration such as 30m, 1h30m or 500ms, or a number of milliseconds, got "10x" (string)',
    ],
    [
      'accessLog: { to: a.log, services: [DICOM, DICM] }',
      '1:43: accessLog.services[1]: expected a service of this file, such as \'DICOM\', got "DICM" (string)',
    ],
    [
      `control: { path: /${'x'.repeat(107)} }`,
      '1:18: control.path: expected a path of at most 107 bytes, got one of 108, its folder included',
    ],
    [
      'metrics: { port: 104 }',
      "1:18: metrics.port: expected a port that no service uses, got 104, which service 'DICOM' uses",
    ],
    [
      'admin: { folder: a, host: 10.0.0.5 }',
      "1:1: admin.https: expected the files `certificate` and `key`, 'selfSigned', or false for plain HTTP, got nothing",
    ],
    [
      'admin: { folder: a, port: 104 }',
      "1:27: admin.port: expected a port that no service uses, got 104, which service 'DICOM' uses",
    ],
    [
      'metrics: { port: 9443 }\nadmin: { folder: a }',
      '2:1: admin.port: expected a port that no service uses, got 9443, which metrics uses',
    ],
    [
      'snapshotFile: { path: a }\naccessLog: { to: ./b/../a }',
      '2:18: accessLog.to: expected a path of its own, got that of snapshotFile.path',
    ],
  ])('%s', async (lines, problem) => {
    expect(await problemsOf(`${lines}\n${oneService()}`)).toEqual([`pacs.yaml:${problem}`]);
  });

  it('is none where the port of a service is that of another protocol, address or system', async () => {
    const on = (service: string, metrics: string): Promise<unknown> =>
      read(`metrics: { ${metrics} }\n${service}`);
    await on(oneService().replace('mode: tcp', 'mode: udp'), 'port: 104');
    await on(oneService('host: 127.0.0.2'), 'port: 104');
    await on(oneService().replace('port: 104', 'port: 0'), 'port: 0');
  });
});

describe('the control socket of a file', () => {
  it('is found whatever else is wrong', async () => {
    const path = file('wrong.yaml', 'control: { path: ./c.sock }', 'services: ${ONLY_IN_THE_UNIT}', 'x: y');
    expect(await readControlOf(path, { environment: {} })).toEqual({ path: join(folder, 'c.sock') });
    await expect(readConfigFile(path)).rejects.toThrow();
    expect(await readControlOf(file('none.yaml', 'services: []'))).toBeUndefined();
    expect(await readControlOf(file('off.json', '{ "control": false }'))).toBe(false);
  });

  it('is told where it is wrong itself, and nothing else is', async () => {
    const path = file('path.yaml', 'services: 5', 'control: { path: "${NOWHERE}/c.sock" }');
    const { problems } = await failureOf(readControlOf(path, { environment: {} }));
    expect(problems).toMatchObject([{ path: 'control.path', line: 2, column: 18 }]);
    await failureOf(readControlOf(file('form.yaml', 'control: {')));
  });
});
