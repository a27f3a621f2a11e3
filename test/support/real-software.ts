import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, it } from 'vitest';

/**
 * What every DCMTK process of a test must have in its environment: without it each message waits 40 ms for a
 * delayed acknowledgement, and a test measures timers.
 */
export const dcmtkEnv: Readonly<Record<string, string>> = { TCP_NODELAY: '1' };

/** A `describe` that runs only where its tools are installed. */
export type DescribeReal = (title: string, suite: () => void) => void;

/**
 * The `describe` of tests that need real software. Where a tool is missing the suite is skipped, with the
 * name of the Debian package in its title; where `CI=true` it fails instead.
 *
 * @param tools commands that must be found on the PATH
 * @param debianPackage the package that has them
 */
export function requireTools(tools: readonly string[], debianPackage: string): DescribeReal {
  const missing = tools.filter((tool) => !isInstalled(tool));
  if (missing.length === 0) return (title, suite) => void describe(title, suite);
  const need = `needs the Debian package ${debianPackage} (no ${missing.join(', ')})`;
  if (process.env['CI'] !== 'true') {
    return (title, suite) => void describe.skip(`${title}: ${need}`, suite);
  }
  return (title) => {
    it(`${title}: ${need}`, () => {
      throw new Error(`${need}: install it, a CI run may not skip real software`);
    });
  };
}

/** As {@link requireTools}, for tests that make network namespaces. */
export function requireRoot(tools: readonly string[], debianPackage: string): DescribeReal {
  if (process.getuid?.() === 0 || process.env['CI'] === 'true') return requireTools(tools, debianPackage);
  return (title, suite) => void describe.skip(`${title}: needs root, for network namespaces`, suite);
}

function isInstalled(tool: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** How to run a command. */
export interface RunOptions {
  /** It is killed after this long. @default 20_000 */
  readonly timeoutMs?: number;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** What a command did. */
export interface RunResult {
  /** Undefined where a signal ended it. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams as they came: several tools spread their report over the two. */
  readonly output: string;
  readonly timedOut: boolean;
}

/** Runs a command to its end and captures what it says. Rejects only where it cannot be started. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said = { stdout: '', stderr: '', output: '' };
    const capture = (stream: 'stdout' | 'stderr') => (text: string) => {
      said[stream] += text;
      said.output += text;
    };
    child.stdout.setEncoding('utf8').on('data', capture('stdout'));
    child.stderr.setEncoding('utf8').on('data', capture('stderr'));
    let timedOut = false;
    const limit = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, options.timeoutMs ?? 20_000);
    child.once('error', (error) => {
      clearTimeout(limit);
      reject(error);
    });
    child.once('close', (code) => {
      clearTimeout(limit);
      resolve({ exitCode: code ?? undefined, ...said, timedOut });
    });
  });
}
