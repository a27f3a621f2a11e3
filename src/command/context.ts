import type { Command } from 'commander';
import { ControlClient } from '../control/control-client.ts';
import { defaultControlPath } from '../control/control-path.ts';
import type { CommandIo } from './command-io.ts';

/** Flags that every command has. */
interface CommonFlags {
  readonly control?: string;
  readonly json?: boolean;
}

/** One call of the command: its flags, and how it talks to people and to the balancer. */
export class CommandContext {
  readonly io: CommandIo;
  readonly isJson: boolean;
  readonly controlPath: string;

  constructor(command: Command, io: CommandIo) {
    const { control, json } = command.optsWithGlobals<CommonFlags>();
    this.io = io;
    this.isJson = json === true;
    this.controlPath = control ?? defaultControlPath(io.env);
  }

  /** The running balancer. */
  get client(): ControlClient {
    return new ControlClient(this.controlPath);
  }

  /** One line for people; nothing where programs read. */
  say(line: string): void {
    if (!this.isJson) this.io.output.write(`${line}\n`);
  }

  /** Progress and warnings, which are no part of the answer. */
  tell(line: string): void {
    this.io.errors.write(`${line}\n`);
  }

  /** The answer: as JSON where that is asked for, else in words. */
  answer(value: unknown, inWords: () => string): void {
    const text = this.isJson ? JSON.stringify(value) : inWords();
    if (text !== '') this.io.output.write(`${text}\n`);
  }
}
