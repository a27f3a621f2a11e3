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
    .argument('[words...]', 'a service, what to do, and what that needs')
    .allowUnknownOption()
    .usage('SERVICE [list|find|set|clear] … or: sluice table list|find|set|clear SERVICE …')
    .addHelpText(
      'after',
      '\nExamples:\n  sluice table DICOM list --client 192.168.85.0/24\n  sluice table DICOM find 192.168.85.31' +
        '\n  sluice table DICOM set 192.168.85.31 INF_PACS2\n  sluice table DICOM clear --server INF_PACS1',
    )
    .action(() => callByService(table));
  const subcommand = (name: string, description: string, example: string): Command =>
    table
      .command(name)
      .description(description)
      .argument('<service>', "the service's name")
      .addHelpText('after', `\nExample:\n  sluice table ${name} ${example}`);
  const selected = (name: string, description: string, example: string): Command =>
    subcommand(name, description, example)
      .option('--client <address>', 'an address, or a prefix such as 192.168.85.0/24')
      .option('--server <name>', 'only entries with this server');

  const listed = 'Lists entries: client, server, time left, sessions that hold it';
  selected('list', listed, 'DICOM --client 192.168.85.0/24').action(
    (service: string, selection: Selection, command: Command) =>
      run(command, (context) => list(context, { service, ...selection })),
  );
  subcommand('find', 'Says where a client is remembered', 'DICOM 192.168.85.31')
    .argument('<client>', 'an address, or a prefix such as 192.168.85.0/24')
    .action((service: string, client: string, _flags: object, command: Command) =>
      run(command, (context) => list(context, { service, client })),
    );
  selected('clear', 'Forgets entries: the clients are balanced anew', 'DICOM --server INF_PACS1').action(
    (service: string, selection: Selection, command: Command) =>
      run(command, async (context) => {
        const answer = await context.client.post('/v1/table/clear', { service, ...selection });
        context.answer(
          answer,
          () => `${(answer as { readonly cleared: number }).cleared} entries are forgotten`,
        );
      }),
  );
  subcommand('set', 'Sends a client to a server from its next session on', 'DICOM 192.168.85.31 INF_PACS2')
    .argument('<client>', 'its IP address')
    .argument('<server>', "the server's name")
    .action((service: string, client: string, server: string, _flags: object, command: Command) =>
      run(command, async (context) => {
        const answer = await context.client.post('/v1/table/set', { service, client, server });
        context.answer(answer, () => `${client} goes to ${server}`);
      }),
    );
};

/** `table DICOM set …` is `table set DICOM …`, and `table DICOM` lists. */
async function callByService(table: Command): Promise<void> {
  const [service, ...rest] = table.args;
  if (service === undefined) table.help({ error: true });
  const [first] = rest;
  const isNamed = first !== undefined && !first.startsWith('-');
  const name = isNamed ? first : 'list';
  const called = table.commands.find((command) => command.name() === name);
  if (called === undefined) {
    const known = table.commands.map((command) => command.name()).join(', ');
    table.error(`error: unknown command 'table ${service} ${name}'; there are ${known}`);
  }
  await called.parseAsync([service, ...rest.slice(isNamed ? 1 : 0)], { from: 'user' });
}

async function list(context: CommandContext, selection: object): Promise<void> {
  const { output } = context.io;
  using waiting = untilInterrupted();
  const size = await context.client.follow(
    'GET',
    '/v1/table',
    { ...selection },
    {
      onProgress: (entry) =>
        output.write(`${context.isJson ? JSON.stringify(entry) : inWords(entry as TableEntry)}\n`),
      signal: waiting.signal,
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
