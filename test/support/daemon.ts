import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** What to start, and how to tell that it is ready. */
export interface DaemonOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Where its output goes. */
  readonly logFile: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Asked again and again until it is true; a rejection counts as false. */
  readonly isReady: () => Promise<boolean>;
  /** @default 20_000 */
  readonly readyTimeoutMs?: number;
}

const pollMs = 50;

/** Those that run. None of them outlives this process. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A program that runs until it is stopped. It does not outlive this process. */
export class Daemon {
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;

  private constructor(process: ChildProcess) {
    this.#process = process;
    this.#ended = once(process, 'exit');
    running.add(process);
  }

  /** Resolves once it is ready. Rejects, with the end of its log, where it ends before or takes too long. */
  static async start(options: DaemonOptions): Promise<Daemon> {
    const log = openSync(options.logFile, 'a');
    const child = spawn(options.command, options.args, {
      env: { ...process.env, ...options.env },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    await once(child, 'spawn');
    const daemon = new Daemon(child);
    const endMs = performance.now() + (options.readyTimeoutMs ?? 20_000);
    while (!(await options.isReady().catch(() => false))) {
      if (!daemon.isRunning || performance.now() > endMs) {
        const how = daemon.isRunning ? 'is not ready in time' : `ended at once with ${daemon.#ending}`;
        await daemon.kill();
        throw new Error(`${options.command} ${how}:\n${readFileSync(options.logFile, 'utf8').slice(-2000)}`);
      }
      await delay(pollMs);
    }
    return daemon;
  }

  get isRunning(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  get #ending(): string {
    const { exitCode, signalCode } = this.#process;
    return signalCode ?? `code ${exitCode}`;
  }

  /** Sends a signal that does not end it, such as `SIGSTOP`. */
  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  /** As a power failure does; resolves once it is gone. Idempotent. */
  async kill(): Promise<void> {
    running.delete(this.#process);
    this.#process.kill('SIGKILL');
    await this.#ended;
  }
}

/** Below the ports that the system gives away by itself, so that nobody gets one by chance. */
const firstPort = 12_000;
const portCount = 20_000;
/** Test processes that run at once begin at different places. */
let next = (process.pid * 97) % portCount;

/** TCP ports that are free on every address, all different, and that nobody takes by chance until they are used. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = firstPort + next;
    next = (next + 1) % portCount;
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port), 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
