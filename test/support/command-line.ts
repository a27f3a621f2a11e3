import type { CommandIo } from '../../src/command/command-io.ts';
import { runCommandLine } from '../../src/command/program.ts';

/** Runs a command line of `sluice` to its end, in this process. @returns its exit code, and all that it printed */
export async function commandLine(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number; readonly said: string }> {
  let said = '';
  const write = (text: string | Uint8Array): boolean => {
    said += String(text);
    return true;
  };
  const output = { isTTY: false as const, columns: 0, rows: 0, write };
  const io = { output, errors: { write }, isInteractive: false, env } as unknown as CommandIo;
  const code = await runCommandLine(args, io, '1.2.3');
  return { code, said };
}
