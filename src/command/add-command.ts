import type { Command } from 'commander';
import type { CommandContext } from './context.ts';

/** Runs the work of one command. What it gives is the exit code; nothing is 0. */
export type RunCommand = (
  command: Command,
  work: (context: CommandContext) => Promise<number> | Promise<void>,
) => Promise<void>;

/** Adds one command, or a few that belong together, to the program. */
export type AddCommand = (program: Command, run: RunCommand) => void;
