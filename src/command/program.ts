import { Command, CommanderError } from 'commander';
import { SluiceError } from '../base/errors.ts';
import type { AddCommand, RunCommand } from './add-command.ts';
import { exitCodes, exitCodesHelp, type CommandIo } from './command-io.ts';
import { addAnswers } from './commands/answers.ts';
import { addBackups } from './commands/backups.ts';
import { addChanges } from './commands/changes.ts';
import { addCheck } from './commands/check.ts';
import { addDeployment } from './commands/deployment.ts';
import { addDrain } from './commands/drain.ts';
import { addDuplicate } from './commands/duplicate.ts';
import { addInit } from './commands/init.ts';
import { addLog } from './commands/log.ts';
import { addOrders } from './commands/orders.ts';
import { addOverview } from './commands/overview.ts';
import { addRun } from './commands/run.ts';
import { addSupport } from './commands/support.ts';
import { addTables } from './commands/tables.ts';
import { CommandContext } from './context.ts';

/** In the order of `--help`. */
const commands: readonly AddCommand[] = [
  addInit,
  addCheck,
  addRun,
  addChanges,
  addOverview,
  addDrain,
  addOrders,
  addDuplicate,
  addAnswers,
  addLog,
  addTables,
  addBackups,
  addSupport,
  addDeployment,
];

/**
 * Runs one command line. Prints help, answers and errors by itself.
 *
 * @returns the exit code
 */
export async function runCommandLine(
  args: readonly string[],
  io: CommandIo,
  version: string,
): Promise<number> {
  let exitCode: number = exitCodes.done;
  const run: RunCommand = async (command, work) => {
    exitCode = (await work(await CommandContext.of(command, io))) ?? exitCodes.done;
  };
  const program = makeProgram(io, version, run);
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.wrong;
    if (isSystemError(error)) {
      io.errors.write(`sluice: ${error.message}\n`);
      return exitCodes.refused;
    }
    if (!SluiceError.is(error)) throw error;
    io.errors.write(`sluice: ${error.message}\n`);
    return error.code === 'SLUICE_ERR_OPTIONS' ? exitCodes.wrong : exitCodes.refused;
  }
}

/** `check` tells findings by its exit code, and says so in its own help. */
function hasOwnExitCodes(command: Command): boolean {
  return command.name() === 'check';
}

/** A file that is not there, or may not be read or written. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

/** The whole command, to run it or to list it. */
export function makeProgram(io: CommandIo, version: string, run: RunCommand): Command {
  const program = new Command('sluice')
    .description('A load balancer for TCP, HTTP and UDP services, run from a file and a shell.')
    .version(version)
    .option('--control <path>', 'the control socket of the running balancer (env: SLUICE_CONTROL)')
    .option(
      '--config <file>',
      'the configuration file of the running balancer, which says where that socket is',
    )
    .option('--json', 'answers as JSON, for programs')
    .addHelpText('afterAll', ({ command }) => (hasOwnExitCodes(command) ? '' : exitCodesHelp))
    .configureOutput({
      writeOut: (text) => io.output.write(text),
      writeErr: (text) => io.errors.write(text),
    })
    .showHelpAfterError('(--help shows what there is)')
    .exitOverride();
  for (const add of commands) add(program, run);
  return program;
}
