import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OtherSide } from '../../contract/engine/other-side.ts';
import { commandLine } from '../../support/command-line.ts';
import { ProgramProcess } from '../../support/program-process.ts';
import { TinyServer } from '../../support/tiny-server.ts';

let folder: string;
let server: TinyServer;
let file: string;
const started: ProgramProcess[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-run-'));
  file = join(folder, 'pacs.yaml');
  server = await TinyServer.start('s1');
});

afterEach(() => {
  for (const process of started.splice(0)) process.kill();
  server.kill();
  rmSync(folder, { recursive: true });
});

const whole = {
  control: '{ path: control.sock }',
  snapshotFile: '{ path: pacs.snapshot, intervalMs: 10m }',
  accessLog: '{ to: access.log, services: [DICOM] }',
  metrics: '{ port: 0 }',
};

/** Writes the file: one service, and what a run does beside. */
function write(run: Readonly<Record<string, string>>, change = ''): void {
  const lines = Object.entries(run).map(([key, value]) => `${key}: ${value}\n`);
  const { name, host, port } = server;
  writeFileSync(
    file,
    `${lines.join('')}services:\n  - name: DICOM\n    mode: tcp\n    host: 127.0.0.1\n    port: 0\n` +
      `    persistence: { kind: sourceIp }\n${change}    servers: [{ name: ${name}, host: ${host}, port: ${port} }]\n`,
  );
}

/** Runs the file. Nothing but the file says where anything is. */
async function run(...flags: readonly string[]): Promise<ProgramProcess> {
  const program = new ProgramProcess('src/command/main.ts', ['run', file, ...flags], { SLUICE_CONTROL: '' });
  started.push(program);
  await program.printed(/DICOM +tcp +127\.0\.0\.1:\d+/u);
  return program;
}

/** A session from its begin to its end. */
async function session(program: ProgramProcess): Promise<void> {
  const [, port] = await program.printed(/DICOM +tcp +127\.0\.0\.1:(\d+)/u);
  const client = new OtherSide(connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true }));
  await client.untilBytes(2);
  client.socket.resetAndDestroy();
}

async function stop(program: ProgramProcess): Promise<void> {
  program.kill('SIGTERM');
  expect(await program.ended()).toBe(0);
}

async function say(code: number, ...args: readonly string[]): Promise<string> {
  const { code: ended, said } = await commandLine(args, {});
  expect({ code: ended, said }).toMatchObject({ code });
  return said;
}

const inFolder = (name: string): string => join(folder, name);
const linesOf = (name: string): readonly string[] => readFileSync(inFolder(name), 'utf8').trim().split('\n');

describe('sluice run of a file that says all', () => {
  it('serves orders and metrics, writes the log, and keeps tables and orders', async () => {
    write(whole);
    const program = await run();
    await program.printed(/Orders: sluice --control .*\/control\.sock/u);
    const [, url] = await program.printed(/Metrics: (http:\/\/127\.0\.0\.1:.*)/u);
    expect(await (await fetch(url!)).text()).toContain('sluice_build_info');
    await session(program);
    expect(await say(0, 'overview', '--config', file)).toMatch(/DICOM \(tcp\)/u);
    await say(0, 'weight', 's1', '7', '--config', file);
    const status = await say(0, 'status', '--config', file);
    expect(status).toContain(`snapshot  ${inFolder('pacs.snapshot')}, every 10m`);
    expect(status).toContain(`log       ${inFolder('access.log')}, as json`);
    expect(status).toContain(`metrics   ${url}\n`);
    expect(await say(0, 'plan', file)).toBe('Nothing differs.\n');
    await stop(program);
    expect(linesOf('access.log').map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { service: 'DICOM', server: 's1' },
    ]);
    expect(existsSync(inFolder('control.sock'))).toBe(false);
    await (await run()).printed(/restored the snapshot .*: 1 entries, 1 orders/u);
  });

  it('goes by a flag before what the file says, and by the file for the rest', async () => {
    write({ ...whole, accessLog: '{ to: access.log, format: haproxy }' });
    const flags = ['--snapshot', inFolder('other.snapshot'), '--access-log', inFolder('other.log')];
    const program = await run(...flags, '--metrics', '127.0.0.2:0', '--control', inFolder('other.sock'));
    await program.printed(/Metrics: http:\/\/127\.0\.0\.2:/u);
    await say(0, 'overview', '--control', inFolder('other.sock'));
    await session(program);
    await stop(program);
    expect(linesOf('other.log')[0]).toMatch(/sluice\[\d+\]: 127\.0\.0\.1/u);
    expect(existsSync(inFolder('other.snapshot'))).toBe(true);
    for (const name of ['access.log', 'pacs.snapshot']) expect(existsSync(inFolder(name))).toBe(false);
  });

  it('leaves out what flags turn off, after a reload as well', async () => {
    write(whole);
    const program = await run('--no-metrics', '--no-access-log', '--no-snapshot');
    await program.printed(/Orders: /u);
    const status = await say(0, 'status', '--config', file);
    for (const line of ['snapshot  none', 'log       none', 'metrics   only over'])
      expect(status).toContain(line);
    write({ ...whole, metrics: '{ host: 127.0.0.2, port: 0 }' }, '    maxConnectAttempts: 1\n');
    program.kill('SIGHUP');
    await program.printed(/Applied\./u);
    await session(program);
    await stop(program);
    expect(program.output).not.toContain('Metrics:');
    for (const name of ['access.log', 'pacs.snapshot']) expect(existsSync(inFolder(name))).toBe(false);
  });

  it('serves the administration, and tells the first password once', async () => {
    write({ ...whole, admin: '{ folder: admin, port: 0 }' });
    const program = await run();
    const [, password] = await program.printed(/user admin, password (\S+)/u);
    const [, url] = await program.printed(/Administration: (http:\/\/127\.0\.0\.1:\d+\/)/u);
    const logIn = await fetch(`${url!}v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user: 'admin', password }),
    });
    expect(await logIn.json()).toMatchObject({ user: 'admin', role: 'admin', mustChangePassword: true });
    expect(existsSync(inFolder('admin/audit.jsonl'))).toBe(true);
    write({ ...whole, admin: '{ folder: admin, port: 1 }' });
    program.kill('SIGHUP');
    await program.printed(/admin\.port 0 → 1: not before the next start/u);
    await stop(program);
    write({ ...whole, admin: '{ folder: admin, port: 0 }' });
    const again = await run();
    await again.printed(/Administration: /u);
    expect(again.output).not.toContain('First log-in');
  });

  it('has no control socket where the file says so, and serves without a log that cannot be written', async () => {
    write({ ...whole, control: 'false', accessLog: '{ to: gone/access.log }' });
    const program = await run();
    await program.printed(/warn: records are dropped .*ENOENT/u);
    await program.printed(/Orders: none/u);
    program.kill('SIGUSR2');
    await program.printed(/The access log stays in its old file: .*ENOENT/u);
    await session(program);
    expect(await say(1, 'overview', '--config', file)).toContain('takes no orders');
    expect(await say(1, 'plan', file)).toContain('takes no orders');
    await stop(program);
    expect(existsSync(inFolder('control.sock'))).toBe(false);
  });
});

describe('a reload', () => {
  it('changes log, snapshot file and metrics, and says that the control socket stays', async () => {
    write(whole);
    const program = await run();
    const [, url] = await program.printed(/Metrics: (http:\/\/127\.0\.0\.1:.*)/u);
    await program.printed(/Orders: /u);
    await session(program);
    write({
      control: '{ path: second.sock }',
      snapshotFile: '{ path: second.snapshot, intervalMs: 10m }',
      accessLog: '{ to: second.log, format: haproxy }',
      metrics: '{ host: 127.0.0.2, port: 0 }',
    });
    program.kill('SIGHUP');
    const [, next] = await program.printed(/Metrics: (http:\/\/127\.0\.0\.2:.*)/u);
    expect(program.output).toMatch(
      /control\.path .*\/control\.sock → .*\/second\.sock: not before the next start/u,
    );
    expect(program.output).toMatch(/accessLog\.format json → haproxy/u);
    expect(await (await fetch(next!)).text()).toContain('sluice_build_info');
    await expect(fetch(url!)).rejects.toThrow();
    expect(existsSync(inFolder('second.snapshot'))).toBe(true);
    await say(0, 'overview', '--control', inFolder('control.sock'));
    await session(program);
    await stop(program);
    expect(linesOf('access.log')).toHaveLength(1);
    expect(linesOf('second.log')).toHaveLength(1);
  });

  it('leaves sessions alone until they end, or for as long as the file that it reads says', async () => {
    write(whole);
    const program = await run();
    const [, port] = await program.printed(/DICOM +tcp +127\.0\.0\.1:(\d+)/u);
    await program.printed(/Orders: /u);
    expect(await say(0, 'status', '--config', file)).toContain('replaces go on until they end');
    const client = new OtherSide(connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true }));
    await client.untilBytes(2);
    write({ ...whole, reloadGraceMs: '50ms' });
    expect(await say(0, 'plan', file)).toContain('reloadGraceMs Infinity → 50ms');
    program.kill('SIGHUP');
    await program.printed(/reloadGraceMs .* → 50ms\n[^]*Applied\./u);
    expect(await say(0, 'status', '--config', file)).toContain('replaces go on for 50ms');
    write({ ...whole, reloadGraceMs: '50ms' }, '    maxConnectAttempts: 1\n');
    program.kill('SIGHUP');
    await client.untilReset();
    await stop(program);
  });

  it('begins and ends what was not there', async () => {
    write({ control: whole.control });
    const program = await run();
    await program.printed(/Orders: /u);
    write(whole);
    program.kill('SIGHUP');
    const [, url] = await program.printed(/Metrics: (http:.*)/u);
    await session(program);
    write({ control: whole.control, metrics: 'false' });
    program.kill('SIGHUP');
    await program.printed(/metrics .* → false/u);
    program.kill('SIGHUP');
    await program.printed(/nothing differs/u);
    await expect(fetch(url!)).rejects.toThrow();
    await session(program);
    await stop(program);
    expect(linesOf('access.log')).toHaveLength(1);
  });

  it('leaves as it was what cannot be had, and changes the rest', async () => {
    write(whole);
    const program = await run();
    const [, url] = await program.printed(/Metrics: (http:.*)/u);
    await program.printed(/Orders: /u);
    const wrong = {
      control: whole.control,
      snapshotFile: '{ path: gone/pacs.snapshot }',
      accessLog: '{ to: gone/access.log }',
      // No address of this machine (RFC 5737).
      metrics: '{ host: 192.0.2.1, port: 9464 }',
    };
    write(wrong, '    maxConnectAttempts: 1\n');
    program.kill('SIGHUP');
    await program.printed(/snapshotFile stays as it was: .*ENOENT/u);
    await program.printed(/accessLog stays as it was: .*ENOENT/u);
    await program.printed(/metrics stays as it was: .*192\.0\.2\.1:9464/u);
    expect(program.output).toMatch(/maxConnectAttempts 3 → 1/u);
    expect(await (await fetch(lastUrl(program))).text()).toContain('sluice_build_info');
    expect(url).toBeDefined();
    await session(program);
    await stop(program);
    expect(linesOf('access.log')).toHaveLength(1);
    expect(existsSync(inFolder('pacs.snapshot'))).toBe(true);
  });
});

describe('plan and apply', () => {
  it('find the balancer by the file, and say what they leave to a reload', async () => {
    write(whole);
    const program = await run();
    await program.printed(/Orders: /u);
    expect(await say(0, 'plan', file)).toBe('Nothing differs.\n');
    write({ ...whole, accessLog: '{ to: access.log, format: haproxy }' }, '    maxConnectAttempts: 1\n');
    const planned = await say(0, 'plan', file);
    expect(planned).toContain('maxConnectAttempts 3 → 1');
    expect(planned).toContain('at SIGHUP or the next start: accessLog.format json → haproxy');
    expect(await say(0, 'apply', file)).toContain('accessLog.format json → haproxy');
    program.kill('SIGHUP');
    await program.printed(/SIGHUP: applies\n +accessLog\.format json → haproxy/u);
    expect(await say(0, 'plan', file)).toBe('Nothing differs.\n');
  });

  it('take a file of a service that has no control socket of its own as before', async () => {
    write({});
    const program = await run('--control', inFolder('control.sock'));
    await program.printed(/Orders: /u);
    expect(await say(0, 'plan', file, '--control', inFolder('control.sock'))).toBe('Nothing differs.\n');
    expect(await say(1, 'plan', file, '--control', inFolder('none.sock'))).toContain('No balancer runs');
  });
});

describe('what an administrator needs around it', () => {
  it('opens the port of metrics in the firewall, unless that is of this machine alone', async () => {
    write({ ...whole, metrics: '{ host: 10.0.0.5, port: 9464 }' });
    expect(await say(0, 'firewall', file)).toContain(
      'ip daddr 10.0.0.5 tcp dport 9464 accept comment "metrics"',
    );
    write({ ...whole, metrics: '{ port: 9464 }' });
    expect(await say(0, 'firewall', file)).not.toContain('9464');
  });

  it('lets the unit write where the file says', async () => {
    write({
      ...whole,
      snapshotFile: '{ path: "${STATE_DIRECTORY:-.}/pacs.snapshot" }',
      accessLog: '{ to: "-" }',
    });
    const unit = await say(0, 'unit', file);
    expect(unit.match(/^ReadWritePaths=.*$/gmu)).toEqual([`ReadWritePaths=-${folder}`]);
  });

  it('begins with a file that says all', async () => {
    const out = inFolder('infinitt.yaml');
    await say(0, 'init', 'infinitt', '--vip', '127.0.0.1', '--server', 'A=127.0.0.9', '--out', out);
    await say(0, 'check', out);
    const text = readFileSync(out, 'utf8');
    expect(text).toMatch(/^control: \{ path: "\$\{RUNTIME_DIRECTORY:-\/.*\}\/control\.sock" \}$/mu);
    expect(text).toMatch(/^snapshotFile: .*infinitt\.snapshot/mu);
  });
});

/** Metrics get a port of their own each time that they are served. */
function lastUrl({ output }: ProgramProcess): string {
  return [...output.matchAll(/Metrics: (http:.*)/gu)].at(-1)?.[1] ?? '';
}
