import { createReadStream } from 'node:fs';
import type { Command } from 'commander';
import type { RestoreReport } from '../../snapshot/restore-snapshot.ts';
import { describeReport } from '../../snapshot/describe-report.ts';
import { writeAtomically } from '../../runtime/atomic-file.ts';
import type { AddCommand } from '../add-command.ts';

/** The whole state in a file, and back. */
export const addBackups: AddCommand = (program, run) => {
  program
    .command('backup')
    .description('Writes configuration, orders and tables of the running balancer into one checked file')
    .argument('<file>', 'where to write it; a file that is there is replaced whole')
    .addHelpText('after', '\nExample:\n  sluice backup /var/backups/pacs.backup')
    .action((file: string, _flags: object, command: Command) =>
      run(command, async (context) => {
        await writeAtomically(file, await context.client.download('/v1/backup'));
        context.answer({ file }, () => `${file} is written`);
      }),
    );

  program
    .command('restore')
    .description(
      'Takes a backup back into the running balancer: its configuration, then its orders and tables',
    )
    .argument('<file>', 'a file that `backup` wrote; a damaged one changes nothing')
    .addHelpText('after', '\nExample:\n  sluice restore /var/backups/pacs.backup')
    .action((file: string, _flags: object, command: Command) =>
      run(command, async (context) => {
        const chunks: Buffer[] = [];
        for await (const chunk of createReadStream(file)) chunks.push(chunk as Buffer);
        const report = (await context.client.upload('/v1/restore', Buffer.concat(chunks))) as RestoreReport;
        context.answer(report, () => `restored a backup ${describeReport(report, Date.now())}`);
      }),
    );

  program
    .command('metrics')
    .description('Prints all metrics as Prometheus reads them')
    .addHelpText('after', '\nExample:\n  sluice metrics | grep sluice_server_health')
    .action((_flags: object, command: Command) =>
      run(command, async (context) => {
        for await (const chunk of await context.client.download('/v1/metrics')) {
          context.io.output.write(chunk.toString());
        }
      }),
    );
};
