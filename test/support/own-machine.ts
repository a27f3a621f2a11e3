import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const unshare = ['--net', '--mount', ...(process.getuid?.() === 0 ? [] : ['--map-root-user'])];

/** False where this user may not have a network and files of its own, whose tests are then skipped. */
export const canHaveOwnMachine = spawnSync('unshare', [...unshare, 'true']).status === 0;

export interface ProgramEnd<Report> {
  readonly report: Report;
  /** From the report to the end of the process. */
  readonly endedAfterMs: number;
}

/**
 * Runs a program of this folder's `programs` with a loopback network and a mount table of its own, until it ends by
 * itself or `limitMs` after its report, which is its first line, in JSON.
 */
export async function runOnOwnMachine<Report>(
  program: string,
  limitMs: number,
  ...args: readonly string[]
): Promise<ProgramEnd<Report>> {
  const path = new URL(`programs/${program}`, import.meta.url).pathname;
  const child = spawn('unshare', [...unshare, process.execPath, '--import', 'tsx', path, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let reportedMs = Infinity;
  child.stdout.once('data', () => {
    reportedMs = performance.now();
    setTimeout(() => child.kill('SIGKILL'), limitMs).unref();
  });
  const [output] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return { report: JSON.parse(output) as Report, endedAfterMs: performance.now() - reportedMs };
}

/** For programs on a machine of their own: brings its network up, and puts files in the place of those of the system. */
export class OwnMachine {
  readonly #folder = mkdtempSync(join(tmpdir(), 'sluice-machine-'));

  constructor() {
    execFileSync('ip', ['link', 'set', 'lo', 'up']);
    for (const [name, content] of [
      ['hosts', '127.0.0.1 localhost\n'],
      ['resolv.conf', 'nameserver 127.0.0.1\n'],
    ] as const) {
      writeFileSync(join(this.#folder, name), content);
      execFileSync('mount', ['--bind', join(this.#folder, name), `/etc/${name}`]);
    }
  }

  /** Writes the hosts file anew: addresses and their names. */
  setHosts(...hosts: readonly (readonly [address: string, name: string])[]): void {
    const lines = [['127.0.0.1', 'localhost'], ...hosts].map((line) => `${line.join(' ')}\n`);
    writeFileSync(join(this.#folder, 'hosts'), lines.join(''));
  }
}
