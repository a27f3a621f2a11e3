import type { Command } from 'commander';
import { SluiceError } from '../base/errors.ts';
import { ControlClient } from '../control/control-client.ts';
import { defaultControlPath } from '../control/control-path.ts';
import { readControlOf } from '../file/read-config-file.ts';
import type { ResolvedRunOptions } from '../file/run-options.ts';
import type { CommandIo } from './command-io.ts';
import { userName } from './user-name.ts';

/** Flags that every command has. */
interface CommonFlags {
  readonly control?: string;
  readonly config?: string;
  readonly json?: boolean;
}

type ControlSetting = ResolvedRunOptions['control'];

function pathOf(text: string | undefined): ControlSetting {
  return text === undefined || text === '' ? undefined : { path: text };
}

/** One call of the command: its flags, and how it talks to people and to the balancer. */
export class CommandContext {
  readonly io: CommandIo;
  readonly isJson: boolean;
  /** What was called: `sluice table list`. */
  readonly #program: string;
  readonly #control: ControlSetting;

  private constructor(io: CommandIo, program: string, isJson: boolean, control: ControlSetting) {
    this.io = io;
    this.isJson = isJson;
    this.#program = program;
    this.#control = control;
  }

  /** @throws ConfigFileError where `--config` names a file that does not say where the control socket is */
  static async of(command: Command, io: CommandIo): Promise<CommandContext> {
    const { control, config, json } = command.optsWithGlobals<CommonFlags>();
    const { env } = io;
    const inFlag =
      control === undefined && config !== undefined
        ? await readControlOf(config, { environment: env })
        : pathOf(control);
    return new CommandContext(io, nameOf(command), json === true, inFlag ?? pathOf(env['SLUICE_CONTROL']));
  }

  /**
   * Where the control socket is: where a flag says, or else the environment, or else a file.
   *
   * @param inFile what the configuration file says that the command is about
   * @returns false where there is none
   */
  controlPath(inFile?: ControlSetting): string | false {
    const setting = this.#control ?? inFile ?? { path: defaultControlPath(this.io.env) };
    return setting !== false && setting.path;
  }

  /** The running balancer. */
  get client(): ControlClient {
    return this.clientFor();
  }

  /**
   * The balancer that runs a configuration file.
   *
   * @throws SluiceError `SLUICE_ERR_STATE` where it takes no orders
   */
  clientFor(inFile?: ControlSetting): ControlClient {
    const path = this.controlPath(inFile);
    if (path !== false)
      return new ControlClient(path, { user: userName(this.io.env), program: this.#program });
    const message = 'The file says `control: false`: the balancer that runs it takes no orders';
    throw new SluiceError('SLUICE_ERR_STATE', message);
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

function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}
