import type { Command } from 'commander';
import { formatDuration } from '../../base/quantities.ts';
import type { TableEntry } from '../../service/service-table.ts';
import type { AddCommand } from '../add-command.ts';
import type { CommandContext } from '../context.ts';
import { untilInterrupted } from '../interrupt.ts';

type Selection = Readonly<Record<'client' | 'server', string>>;

/** What stick tables remember: to list, and to change. */
export const addTables: AddCommand = (program, run) => {
  const table = program
    .command('table')
    .description("Lists and changes what a service's stick table remembers of clients")
    .addHelpText(
      'after',
      '\nExamples:\n  sluice table list DICOM --client 192.168.85.0/24\n  sluice table set DICOM 192.168.85.31 INF_PACS2' +
        '\n  sluice table clear DICOM --server INF_PACS1',
    );
  const selected = (name: string, description: string): Command =>
    table
      .command(name)
      .description(description)
      .argument('<service>', "the service's name")
      .option('--client <address>', 'an address, or a prefix such as 192.168.85.0/24')
      .option('--server <name>', 'only entries with this server');

  selected('list', 'Lists entries: client, server, time left, sessions that hold it').action(
    (service: string, selection: Selection, command: Command) =>
      run(command, (context) => list(context, { service, ...selection })),
  );
  selected('clear', 'Forgets entries: the clients are balanced anew').action(
    (service: string, selection: Selection, command: Command) =>
      run(command, async (context) => {
        const answer = await context.client.post('/v1/table/clear', { service, ...selection });
        context.answer(
          answer,
          () => `${(answer as { readonly cleared: number }).cleared} entries are forgotten`,
        );
      }),
  );
  table
    .command('set')
    .description('Sends a client to a server from its next session on')
    .argument('<service>', "the service's name")
    .argument('<client>', 'its IP address')
    .argument('<server>', "the server's name")
    .action((service: string, client: string, server: string, _flags: object, command: Command) =>
      run(command, async (context) => {
        const answer = await context.client.post('/v1/table/set', { service, client, server });
        context.answer(answer, () => `${client} goes to ${server}`);
      }),
    );
};

async function list(context: CommandContext, selection: object): Promise<void> {
  const { output } = context.io;
  const size = await context.client.follow(
    'GET',
    '/v1/table',
    { ...selection },
    {
      onProgress: (entry) =>
        output.write(`${context.isJson ? JSON.stringify(entry) : inWords(entry as TableEntry)}\n`),
      signal: untilInterrupted().signal,
    },
  );
  if (size === undefined || context.isJson) return;
  const { size: count, capacity } = size as { readonly size: number; readonly capacity: number };
  context.tell(`${count} of ${capacity} entries are in use`);
}

function inWords({ client, server, expiresInMs, sessions }: TableEntry): string {
  const held = sessions === 0 ? '' : `, held by ${sessions} sessions`;
  return `${client.padEnd(39)}  ${server}  ${formatDuration(expiresInMs, 2)} left${held}`;
}
