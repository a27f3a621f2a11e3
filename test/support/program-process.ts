import { fileURLToPath } from 'node:url';
import { RunningCommand } from './running-command.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A program of this project that runs until it is told to stop. */
export class ProgramProcess extends RunningCommand {
  /** @param program its source: `examples/custom-gateway.ts` */
  constructor(program: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
    super(process.execPath, ['--import', 'tsx', program, ...args], { cwd: root, env });
  }
}
