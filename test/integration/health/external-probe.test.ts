import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HealthCheck } from '../../../src/health/health-check.ts';
import type { ProbeReport } from '../../../src/model/server.ts';
import { externalProbe } from '../../../src/health/probes/external-probe.ts';
import { systemRuntime } from '../../../src/runtime/system-runtime.ts';
import { ProbeFixture, subjectAt } from './probe-fixture.ts';

let fixture: ProbeFixture;
let folder: string;

beforeEach(async () => {
  fixture = new ProbeFixture();
  folder = await mkdtemp(join(tmpdir(), 'external-probe-'));
});

afterEach(async () => {
  await fixture.close();
  await rm(folder, { recursive: true });
});

describe('a function', () => {
  it.each([
    [true, { ok: true, code: 'passed' }],
    [false, { ok: false, code: 'failed' }],
    [
      { ok: false, code: 'queue-full', reason: 'Too much to do' },
      { ok: false, code: 'queue-full', reason: 'Too much to do' },
    ],
  ])('that returns %j', async (answer, result) => {
    const probe = externalProbe({ check: async (subject) => (subject.server === 'PACS1' ? answer : true) });
    expect(await fixture.check(probe, 104)).toMatchObject(result);
  });

  it('gets the signal', async () => {
    const signal = AbortSignal.abort();
    const probe = externalProbe({ check: async (_subject, given) => given === signal });
    expect(await fixture.check(probe, 104, signal)).toMatchObject({ ok: true });
  });
});

/** `sh` with a script; `$0` is the folder of the test, `$1` to `$4` are what every command gets. */
function shell(script: string) {
  return externalProbe({ command: 'sh', args: ['-c', script, folder], env: { GREETING: 'hello' } });
}

describe('a command', () => {
  it.each([
    ['exit 0', true, 'exit-0'],
    ['exit 3', false, 'exit-3'],
    ['kill -TERM $$', false, 'killed'],
  ])('that does `%s`', async (script, ok, code) => {
    expect(await fixture.check(shell(script), 104)).toMatchObject({ ok, code });
  });

  it('gets service and server as its last arguments, and no other environment than its own', async () => {
    process.env['SECRET_OF_THE_GATEWAY'] = 'x';
    const script = 'echo "$1 $2 $3 $4 $GREETING [$SECRET_OF_THE_GATEWAY]" > "$0/seen"';
    const result = await fixture.check(shell(script), 11112);
    delete process.env['SECRET_OF_THE_GATEWAY'];
    expect(result).toMatchObject({ ok: true });
    expect(await readFile(join(folder, 'seen'), 'utf8')).toBe('127.0.0.10 104 127.0.0.1 11112 hello []\n');
  });

  it('may print as much as it likes', async () => {
    const result = await fixture.check(
      shell('head -c 5000000 /dev/zero; head -c 5000000 /dev/zero >&2'),
      104,
    );
    expect(result).toMatchObject({ ok: true, code: 'exit-0' });
  });

  it.each([
    ['no-such-command-at-all', 'was not found'],
    [tmpdir(), 'may not be executed'],
  ])('that is %s is a fault of the probe', async (command, reason) => {
    await expect(fixture.check(externalProbe({ command }), 104)).rejects.toMatchObject({
      code: 'SLUICE_ERR_PROBE',
      message: expect.stringContaining(reason) as string,
    });
  });

  it('is killed with its children at the time limit', async () => {
    const script = 'sleep 60 & echo $! > "$0/child"; wait';
    const check = new HealthCheck({ probe: shell(script), timeoutMs: 400, startJitterMs: 0 });
    const report = await new Promise<ProbeReport>((resolve) => {
      const watch = check.watch(
        subjectAt(104),
        { engine: fixture.engine, runtime: systemRuntime },
        {
          onHealth: () => undefined,
          onProbe: (first) => {
            watch.stop();
            resolve(first);
          },
        },
      );
    });
    expect(report).toMatchObject({ ok: false, code: 'timeout' });
    const child = Number(await readFile(join(folder, 'child'), 'utf8'));
    await expect.poll(() => isRunning(child)).toBe(false);
  });
});

/** A killed process may stay a zombie for want of a parent that reaps it. */
async function isRunning(pid: number): Promise<boolean> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    return !stat.includes(') Z ');
  } catch {
    return false;
  }
}
