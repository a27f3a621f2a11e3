import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A program of this project that runs until it is told to stop. */
export class ProgramProcess {
  readonly #child: ChildProcess;
  #output = '';
  #onOutput: () => void = () => undefined;

  /** @param program its source: `examples/custom-gateway.ts` */
  constructor(program: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(process.execPath, ['--import', 'tsx', program, ...args], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
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
      this.#child.once('exit', () => reject(new Error(`ended without ${pattern.source}:\n${this.#output}`)));
      look();
    });
  }

  /** Ends it as a person would, with Ctrl+C. @returns its exit code */
  async interrupt(): Promise<number | null> {
    this.#child.kill('SIGINT');
    return this.ended();
  }

  async ended(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
    return this.#child.exitCode;
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.#child.kill(signal);
  }
}
