import { spawn, type ChildProcess } from 'node:child_process';
import { SluiceError } from '../../base/errors.ts';
import { OptionReader } from '../../base/options.ts';
import type { Probe, ProbeContext, ProbeResult, ProbeSubject } from '../probe.ts';

/** A check in code. `signal` is aborted at the time limit and when the check stops. */
export type ExternalCheck = (subject: ProbeSubject, signal: AbortSignal) => Promise<boolean | ProbeResult>;

/** Either `check`, or `command`. */
export interface ExternalProbeOptions {
  /** True, or a result with `ok`, for a healthy server. */
  readonly check?: ExternalCheck;
  /** A program, by path or found by PATH; never a shell line. Exit status 0 means healthy. */
  readonly command?: string;
  /** Its first arguments. Four follow: service address and port, server address and port. */
  readonly args?: readonly string[];
  /** Its environment, beside PATH. Nothing else is inherited. */
  readonly env?: Readonly<Record<string, string>>;
}

/** {@link ExternalProbeOptions}, complete. */
export interface ResolvedExternalProbeOptions {
  readonly check?: ExternalCheck;
  readonly command?: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

class FunctionProbe implements Probe {
  readonly kind = 'external';
  readonly #check: ExternalCheck;

  constructor(check: ExternalCheck) {
    this.#check = check;
  }

  async check(subject: ProbeSubject, context: ProbeContext): Promise<ProbeResult> {
    const result = await this.#check(subject, context.signal);
    if (typeof result !== 'boolean') return result;
    if (result) return { ok: true, code: 'passed', reason: 'The external check passed' };
    return { ok: false, code: 'failed', reason: 'The external check failed' };
  }
}

class CommandProbe implements Probe {
  readonly kind = 'external';
  readonly #command: string;
  readonly #args: readonly string[];
  readonly #env: Readonly<Record<string, string>>;

  constructor(command: string, args: readonly string[], env: Readonly<Record<string, string>>) {
    this.#command = command;
    this.#args = args;
    this.#env = env;
  }

  check(subject: ProbeSubject, { signal }: ProbeContext): Promise<ProbeResult> {
    const { serviceHost, servicePort, host, port } = subject;
    return new Promise((resolve, reject) => {
      // Its output goes nowhere: nothing to bound, and nothing that could reach a log.
      const child = spawn(this.#command, [...this.#args, serviceHost, `${servicePort}`, host, `${port}`], {
        stdio: 'ignore',
        // A process group of its own, so that what the command started can be killed with it.
        detached: true,
        windowsHide: true,
        env: { PATH: process.env['PATH'], ...this.#env },
      });
      const kill = (): void => killGroup(child);
      if (signal.aborted) kill();
      signal.addEventListener('abort', kill, { once: true });
      child.once('error', (cause: NodeJS.ErrnoException) => {
        signal.removeEventListener('abort', kill);
        reject(new SluiceError('SLUICE_ERR_PROBE', this.#explain(cause), { cause }));
      });
      child.once('exit', (status, killedBy) => {
        signal.removeEventListener('abort', kill);
        resolve(resultOf(status, killedBy));
      });
    });
  }

  #explain(cause: NodeJS.ErrnoException): string {
    if (cause.code === 'ENOENT') return `The check command '${this.#command}' was not found`;
    if (cause.code === 'EACCES') return `The check command '${this.#command}' may not be executed`;
    return `The check command '${this.#command}' could not be started (${cause.code ?? cause.message})`;
  }
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // No process groups on this system, or the command has just ended.
    child.kill('SIGKILL');
  }
}

function resultOf(status: number | null, killedBy: NodeJS.Signals | null): ProbeResult {
  if (status === null) {
    return { ok: false, code: 'killed', reason: `The check command was ended by ${killedBy ?? 'a signal'}` };
  }
  return { ok: status === 0, code: `exit-${status}`, reason: `The check command exited with ${status}` };
}

/**
 * Leaves the check to a function, or to a program: called with four arguments (service address and port,
 * server address and port) like HAProxy's `external-check command`. At the time limit the program is killed,
 * with everything that it started; its output is discarded.
 *
 * Codes: `passed`, `failed` or the function's own; `exit-0`, `exit-1`, …, `killed`.
 *
 * @throws OptionsError
 */
export function externalProbe(options: ExternalProbeOptions): Probe {
  const reader = new OptionReader('externalProbe', options);
  const resolved = readExternalProbe(reader);
  reader.finish();
  return makeExternalProbe(resolved);
}

/** The probe that complete options describe. */
export function makeExternalProbe({ check, command = '', args, env }: ResolvedExternalProbeOptions): Probe {
  return check === undefined ? new CommandProbe(command, args, env) : new FunctionProbe(check);
}

/** The system ends a text at its first zero. */
const text = { pattern: /^[^\0]*$/u, expected: 'a text without NUL characters' };

export function readExternalProbe(reader: OptionReader): ResolvedExternalProbeOptions {
  const what = reader.either<Pick<ResolvedExternalProbeOptions, 'check' | 'command'>>({
    check: (of, key) => ({ check: of.function(key) as ExternalCheck }),
    command: (of, key) => ({ command: of.string(key) }),
  });
  return {
    ...what,
    args: reader.list('args', {}, (elements, index) => elements.string(index, text)),
    env: reader.record('env', { expected: 'an object of names and texts' }, (entries, name) =>
      entries.string(name, text),
    ),
  };
}
