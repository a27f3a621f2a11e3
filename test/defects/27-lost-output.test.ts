import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { readCommandLine, type Settings } from '../../examples/infinitt/command-line.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** A balancer that prints events as JSON; its demo cluster has enough of them. */
function start(offset: number): ChildProcess {
  const args = ['--import', 'tsx', 'examples/run-infinitt.ts', '--json', '--port-offset', String(offset)];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  return child;
}

async function untilServing(port: number): Promise<void> {
  for (;;) {
    const status = await fetch(`http://127.0.0.1:${port}/`).then(
      ({ status }) => status,
      () => 0,
    );
    if (status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('defect 27: a runner', () => {
  it('goes on without anybody who reads what it prints, and through SIGHUP', async () => {
    const child = start(16_400);
    await once(child.stdout!, 'data');
    child.stdout!.destroy();
    child.stderr!.destroy();
    child.kill('SIGHUP');
    // Each request is an event that cannot be printed.
    for (let request = 0; request < 5; request++) await untilServing(16_480);
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
    expect(child.exitCode).toBe(0);
  });

  it.each<[string | undefined, boolean | number]>([
    [undefined, false],
    ['0', false],
    ['false', false],
    ['no', false],
    ['', false],
    ['1', true],
    ['TRUE', true],
    ['maybe', 2],
  ])('takes %j in the environment as %s', (text, expected) => {
    const before = process.env['SLUICE_JSON'];
    if (text === undefined) delete process.env['SLUICE_JSON'];
    else process.env['SLUICE_JSON'] = text;
    try {
      const settings = readCommandLine([]);
      expect(typeof settings === 'number' ? settings : settings.json).toBe(expected);
      if (typeof settings === 'number') return;
      expect((readCommandLine(['--json']) as Settings).json).toBe(true);
    } finally {
      if (before === undefined) delete process.env['SLUICE_JSON'];
      else process.env['SLUICE_JSON'] = before;
    }
  });
});
