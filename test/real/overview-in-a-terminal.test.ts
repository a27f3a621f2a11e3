import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Balancer, infinittPreset } from '../../src/index.ts';
import { ControlServer } from '../../src/control/control-server.ts';
import { requireTools, run } from '../support/real-software.ts';
import { Terminal } from '../support/terminal.ts';

let folder: string;
let balancer: Balancer;
let control: ControlServer;
let terminal: Terminal | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-tmux-'));
  const ports = { web: 0, dicom: 0, query: 0, mwl: 0, check: 0 };
  const servers = [1, 2, 3].map((number) => ({ name: `INF_PACS${number}`, host: `127.0.0.1${number}` }));
  const serverPorts = { web: 9, dicom: 9, query: 9, mwl: 9, check: 9 };
  balancer = new Balancer(infinittPreset({ vip: '127.0.0.1', servers, ports, serverPorts }));
  await balancer.start();
  control = await ControlServer.open(balancer, { path: join(folder, 'control.sock') });
  terminal = undefined;
});

afterEach(async () => {
  await terminal?.close();
  await control.close();
  await balancer.stop({ graceMs: 0 });
  rmSync(folder, { recursive: true });
});

async function start(columns: number, rows: number): Promise<void> {
  const command = `${process.execPath} --import tsx src/command/main.ts --control ${control.path} overview --watch`;
  terminal = await Terminal.open(columns, rows, command);
}

/** The time in the title: every refresh has another one. */
async function refreshed(since: string): Promise<readonly string[]> {
  for (;;) {
    const lines = await terminal!.shown(/System Overview \d/u);
    if (lines[0] !== since) return lines;
    await delay(50);
  }
}

requireTools(['tmux'], 'tmux')('sluice overview --watch', () => {
  it.each([
    [60, 15],
    [80, 24],
    [120, 30],
  ])('fits a terminal of %d columns and %d rows, and never scrolls', async (columns, rows) => {
    await start(columns, rows);
    let lines = await terminal!.shown(/INFINITT_Web/u);
    for (let refresh = 0; refresh < 2; refresh++) lines = await refreshed(lines[0]!);
    expect(lines.length).toBeLessThan(rows);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(lines.filter((line) => line.includes('System Overview'))).toHaveLength(1);
    expect(lines.some((line) => /INFINITT_Web.*(?:up|down|degraded)/u.test(line))).toBe(true);
    expect((await terminal!.tmux('display-message', '-p', '#{history_size}')).trim()).toBe('0');
  });

  it('is drawn anew in a window of another size', async () => {
    await start(120, 30);
    const lines = await terminal!.shown(/INFINITT_Web/u);
    await terminal!.tmux('resize-window', '-x', '60', '-y', '15');
    await refreshed(lines[0]!);
    const small = await refreshed((await terminal!.shown(/System Overview/u))[0]!);
    expect(small.length).toBeLessThan(15);
    expect(small.filter((line) => line.includes('System Overview'))).toHaveLength(1);
  });

  it('goes through a pipe without colours and control characters', async () => {
    const args = ['--import', 'tsx', 'src/command/main.ts', '--control', control.path, 'overview'];
    const { stdout, exitCode } = await run(process.execPath, args);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('INFINITT_Check (udp)');
    expect(stdout).not.toContain('\u001b');
  });
});
