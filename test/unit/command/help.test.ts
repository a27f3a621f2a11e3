import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { CommandIo } from '../../../src/command/command-io.ts';
import { completionScript } from '../../../src/command/deployment/completion.ts';
import { makeProgram, runCommandLine } from '../../../src/command/program.ts';

function ioTo(write: (text: string) => boolean): CommandIo {
  return {
    output: { isTTY: false, columns: 0, rows: 0, write },
    errors: { write },
    isInteractive: false,
    env: {},
  };
}

const program = makeProgram(
  ioTo(() => true),
  '1.2.3',
  async () => undefined,
);

type Placed = readonly [path: string, command: Command];

function commandsBelow(parent: Command, path = ''): readonly Placed[] {
  return parent.commands.flatMap((command) => {
    const own = `${path} ${command.name()}`.trim();
    return [[own, command] as const, ...commandsBelow(command, own)];
  });
}

const all = commandsBelow(program);

async function helpOf(path: string): Promise<string> {
  let said = '';
  const io = ioTo((text) => {
    said += text;
    return true;
  });
  expect(await runCommandLine([...path.split(' '), '--help'], io, '1.2.3')).toBe(0);
  return said;
}

describe('every command', () => {
  it.each(all)('%s: has exit codes and an example in its help', async (path) => {
    const help = await helpOf(path);
    expect(help.match(/^Exit codes:/gmu)).toHaveLength(1);
    expect(help).toMatch(/^Examples?:\n {2}\S/mu);
  });

  it.each(all)('%s: is completed, with every flag and choice', (path, command) => {
    const fish = completionScript(program, 'fish');
    const bash = completionScript(program, 'bash');
    const last = path.split(' ').at(-1) ?? '';
    expect(fish).toContain(` -a ${last} `);
    const [, flags = ''] =
      new RegExp(`^ {4}"${path}"\\) words="[^"]*" flags="([^"]*)" ;;$`, 'mu').exec(bash) ?? [];
    for (const { long, argChoices = [] } of command.options) {
      expect(flags.split(' ')).toContain(long);
      expect(fish).toMatch(new RegExp(`seen_subcommand_from ${last}' -l ${long!.slice(2)} `, 'u'));
      if (argChoices.length > 0)
        expect(bash).toContain(`"${path} ${long!}") words="${argChoices.join(' ')}"`);
    }
  });
});
