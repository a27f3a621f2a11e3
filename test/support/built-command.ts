import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './real-software.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Beside the sources: the command looks for its package above it. */
const folder = join(root, 'temp', 'command');

/** The command as the package has it, built anew where the sources have changed since. @returns its path */
export async function builtCommand(): Promise<string> {
  const command = join(folder, 'sluice.js');
  if (changedMs(command) > newestMs()) return command;
  const tsup = join(root, 'node_modules', 'tsup', 'dist', 'cli-default.js');
  const args = [tsup, '--config', 'tsup.command.config.ts', '--out-dir', folder, '--silent'];
  const { exitCode, output } = await run(process.execPath, args, { cwd: root, timeoutMs: 100_000 });
  if (exitCode !== 0) throw new Error(`the command cannot be built: ${output}`);
  return command;
}

function newestMs(): number {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
  const files = [
    'package.json',
    'tsup.config.ts',
    'tsup.command.config.ts',
    ...sources.map((file) => `src/${file}`),
  ];
  return Math.max(...files.map((file) => changedMs(join(root, file))));
}

/** 0 where there is none. */
function changedMs(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
