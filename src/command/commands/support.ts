import type { Command } from 'commander';
import { writeAtomically } from '../../runtime/atomic-file.ts';
import { supportContents, supportOmissions } from '../../support/support-bundle.ts';
import type { AddCommand } from '../add-command.ts';

/** What people outside may see, in one file. */
export const addSupport: AddCommand = (program, run) => {
  const width = Math.max(...supportContents.map(([name]) => name.length));
  const contents = supportContents.map(([name, what]) => `  ${name.padEnd(width)}  ${what}`);
  program
    .command('support')
    .description('Writes a support bundle of the running balancer, without secrets and patient data')
    .argument('<file>', 'where to write it, as .tar.gz; a file that is there is replaced whole')
    .addHelpText(
      'after',
      `\nThe bundle has:\n${contents.join('\n')}\n\n${supportOmissions}\nLook into it before it leaves the house: tar -xOzf FILE | less` +
        '\n\nExample:\n  sluice support /tmp/pacs-support.tar.gz',
    )
    .action((file: string, _flags: object, command: Command) =>
      run(command, async (context) => {
        await writeAtomically(file, await context.client.download('/v1/support'));
        const files = supportContents.map(([name]) => name);
        context.answer({ file, contents: files }, () => `${file} is written: ${files.join(', ')}`);
      }),
    );
};
