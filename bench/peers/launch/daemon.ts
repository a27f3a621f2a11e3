import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync, openSync, closeSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningSubject } from '../subject.ts';
import { freePort } from './free-port.ts';

/** How to start a native program that listens on a port of 127.0.0.1. */
export interface DaemonPlan {
  readonly command: string;
  /** Written to a file in a folder of its own. */
  readonly config?: (port: number, folder: string) => string;
  readonly args: (configFile: string, folder: string, port: number) => readonly string[];
  /** @default that of this process */
  readonly env?: NodeJS.ProcessEnv;
}

const readyTimeoutMs = 5_000;

/**
 * Starts it and resolves once it accepts connections. It does not outlive this process.
 *
 * @throws with the end of its log
 */
export async function startDaemon(plan: DaemonPlan): Promise<RunningSubject> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const port = await freePort();
  const configFile = join(folder, 'config');
  const logFile = join(folder, 'log');
  writeFileSync(configFile, plan.config?.(port, folder) ?? '');
  const log = openSync(logFile, 'a');
  const child = spawn(plan.command, plan.args(configFile, folder, port), {
    env: plan.env,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const stop = stopper(child, folder);
  await once(child, 'spawn');
  if (!(await accepts(child, port))) {
    const said = readFileSync(logFile, 'utf8').trim().slice(-1000);
    await stop();
    throw new Error(`${plan.command} did not come up: ${said}`);
  }
  return { pid: child.pid ?? 0, address: { host: '127.0.0.1', port }, stop };
}

/** Ends a child process and resolves once it is gone; its folder goes with it. */
function stopper(child: ChildProcess, folder: string): () => Promise<void> {
  const exited = once(child, 'exit');
  const clean = (): void => rmSync(folder, { recursive: true, force: true });
  const atExit = (): void => {
    child.kill('SIGTERM');
    clean();
  };
  process.once('exit', atExit);
  return async () => {
    process.off('exit', atExit);
    child.kill('SIGTERM');
    await exited;
    clean();
  };
}

async function accepts(child: ChildProcess, port: number): Promise<boolean> {
  const endMs = performance.now() + readyTimeoutMs;
  while (child.exitCode === null && performance.now() < endMs) {
    const socket = connect(port, '127.0.0.1');
    const connected = await Promise.race([
      once(socket, 'connect').then(
        () => true,
        () => false,
      ),
      delay(500, false),
    ]);
    socket.destroy();
    if (connected) return true;
    await delay(20);
  }
  return false;
}
