import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Where a command runs. */
export interface CommandPlace {
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A command that runs until it is told to stop, or ends by itself. */
export class RunningCommand {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  #output = '';
  #onOutput: () => void = () => undefined;

  constructor(command: string, args: readonly string[], { cwd, env }: CommandPlace = {}) {
    this.#child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#closed = once(this.#child, 'close');
    const take = (text: string): void => {
      this.#output += text;
      this.#onOutput();
    };
    this.#child.stdout?.setEncoding('utf8').on('data', take);
    this.#child.stderr?.setEncoding('utf8').on('data', take);
  }

  get output(): string {
    return this.#output;
  }

  /** Resolves with the match once the output has it; rejects when the process ends without. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(this.#output);
        if (match !== null) resolve(match);
      };
      this.#onOutput = look;
      void this.#closed.then(() => reject(new Error(`ended without ${pattern.source}:\n${this.#output}`)));
      look();
    });
  }

  /** Ends it as a person would, with Ctrl+C. @returns its exit code */
  async interrupt(): Promise<number | null> {
    this.#child.kill('SIGINT');
    return this.ended();
  }

  /** Resolves once it has ended and all that it printed is there. @returns its exit code, null after a signal */
  async ended(): Promise<number | null> {
    await this.#closed;
    return this.#child.exitCode;
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.#child.kill(signal);
  }
}
