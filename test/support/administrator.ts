import { expect } from 'vitest';
import type { Machine } from './own-network.ts';
import type { RunningCommand } from './running-command.ts';

/** A command that was given, and what it has printed so far. */
export interface GivenCommand {
  /** `sluice halt INF_PACS1` */
  readonly line: string;
  readonly output: string;
}

/** Gives commands to a balancer, in a folder of its machine. */
export class Administrator {
  /** Every command so far. */
  readonly given: GivenCommand[] = [];
  readonly #machine: Machine;
  readonly #command: string;
  readonly #folder: string;
  readonly #begun: RunningCommand[] = [];

  /** @param command the path of `sluice.js` */
  constructor(machine: Machine, command: string, folder: string) {
    this.#machine = machine;
    this.#command = command;
    this.#folder = folder;
  }

  /**
   * Gives a command and waits for its end.
   *
   * @param line `sluice halt INF_PACS1`
   * @param exitCode what it must end with
   * @returns what it printed
   */
  async give(line: string, exitCode = 0): Promise<string> {
    const command = this.begin(line);
    const code = await command.ended();
    expect(`${line}: ${code}\n${command.output}`).toMatch(new RegExp(`: ${exitCode}\n`, 'u'));
    return command.output;
  }

  /** Gives a command that goes on. */
  begin(line: string): RunningCommand {
    const [, ...args] = line.split(' ');
    const env = { SLUICE_CONTROL: `${this.#folder}/control.sock`, NO_COLOR: '1' };
    const running = this.#machine.begin(process.execPath, [this.#command, ...args], {
      cwd: this.#folder,
      env,
    });
    this.#begun.push(running);
    this.given.push({
      line,
      get output() {
        return running.output;
      },
    });
    return running;
  }

  /** Ends what still runs. */
  async leave(): Promise<void> {
    for (const running of this.#begun) running.kill();
    await Promise.all(this.#begun.map((running) => running.ended()));
  }
}
