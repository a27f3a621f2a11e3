import { Argument, type Command } from 'commander';
import type { ServerSelection } from '../../balancer/server-selection.ts';
import type { AdminState, ServerOptions } from '../../model/server.ts';
import { addServerEdits, removeServerEdits, setServerEdits } from '../../file/server-edits.ts';
import { wholeNumber } from '../arguments.ts';
import type { CommandContext } from '../context.ts';
import type { AddCommand, RunCommand } from '../add-command.ts';
import { hasServer, runningServices } from '../running-services.ts';
import { saveOrder } from '../save.ts';
import { presentFindings, tellFindings } from '../tell-findings.ts';

/** Flags of every order for a server. */
export interface OrderFlags {
  readonly service?: string;
  readonly save: boolean;
}

/** Orders that are carried out at once. */
export const addOrders: AddCommand = (program, run) => {
  addStateOrder(program, run, 'halt', 'Sends no client to a server; sessions under way go on', 'is halted');
  addStateOrder(program, run, 'online', 'Takes a server back into use', 'is online');
  addWeight(program, run);
  addServer(program, run);
  addRemoveServer(program, run);
};

function addStateOrder(
  program: Command,
  run: RunCommand,
  adminState: Exclude<AdminState, 'drain'>,
  description: string,
  done: string,
): void {
  serverCommand(program, adminState, description)
    .addHelpText(
      'after',
      `\nExamples:\n  sluice ${adminState} INF_PACS1\n  sluice ${adminState} INF_PACS1 --save`,
    )
    .action((server: string, { service, save }: OrderFlags, command: Command) =>
      run(command, async (context) => {
        const choice = choiceOf(server, service);
        await give(context, `/v1/${adminState}`, choice, `${server} ${done}`);
        if (save) await saveOrder(context, (file) => setServerEdits(file, choice, { adminState }));
      }),
    );
}

function addWeight(program: Command, run: RunCommand): void {
  const weights = new Argument('<weight>', 'from 0 to 256; 0 leaves only persistent clients');
  serverCommand(program, 'weight', "Changes a server's share of new clients")
    .addArgument(weights.argParser(wholeNumber(0, 256)))
    .addHelpText('after', '\nExample:\n  sluice weight INF_PACS2 3 --service DICOM')
    .action((server: string, weight: number, { service, save }: OrderFlags, command: Command) =>
      run(command, async (context) => {
        const choice = choiceOf(server, service);
        await give(context, '/v1/weight', { ...choice, weight }, `${server} has weight ${weight}`);
        if (save) await saveOrder(context, (file) => setServerEdits(file, choice, { weight }));
      }),
    );
}

function addServer(program: Command, run: RunCommand): void {
  program
    .command('add-server')
    .description('Adds a server to one service, or to all')
    .argument('<name>', 'the name that persistence remembers')
    .argument('<host>', 'its IP address or host name')
    .option('--service <name>', 'only in this service')
    .option('--port <number>', "where its traffic goes (default: the service's port)", wholeNumber(1, 65_535))
    .option('--weight <number>', 'its share of new clients (default: 1)', wholeNumber(0, 256))
    .option('--backup', 'only while no other server is available')
    .option('--save', 'put it into the configuration file as well', false)
    .addHelpText(
      'after',
      '\nGiven again with --save for a server that runs so already, it puts that into the file, with its present weight and' +
        '\nadmin state.\n\nExample:\n  sluice add-server INF_PACS3 192.168.85.202 --save',
    )
    .action((name: string, host: string, flags: OrderFlags & Partial<ServerOptions>, command: Command) =>
      run(command, async (context) => {
        const { service, save, ...options } = flags;
        const server = { ...options, name, host };
        const body = { server, ...(service === undefined ? {} : { service }) };
        if (save && hasServer(await runningServices(context, service), server))
          context.answer({}, () => `${name} runs already`);
        else await give(context, '/v1/servers/add', body, `${name} is added`);
        tellFindings(
          context,
          (await presentFindings(context)).filter(({ servers }) => servers.includes(name)),
        );
        if (!save) return;
        const running = await runningServices(context);
        await saveOrder(context, (file) => {
          const edits = addServerEdits(file, choiceOf(name, service), running);
          return edits.length > 0 ? edits : undefined;
        });
      }),
    );
}

function addRemoveServer(program: Command, run: RunCommand): void {
  serverCommand(program, 'remove-server', 'Removes a server; its sessions go on')
    .addHelpText('after', '\nExample:\n  sluice remove-server INF_PACS3 --save')
    .action((server: string, { service, save }: OrderFlags, command: Command) =>
      run(command, async (context) => {
        const choice = choiceOf(server, service);
        await give(context, '/v1/servers/remove', choice, `${server} is removed`);
        if (save) await saveOrder(context, (file) => removeServerEdits(file, choice));
      }),
    );
}

/** A command for one server, in one service or in all that have it. */
export function serverCommand(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .argument('<server>', "the server's name")
    .option('--service <name>', 'only in this service (default: in every service that has it)')
    .option('--save', 'put the order into the configuration file as well', false);
}

function choiceOf(server: string, service: string | undefined): ServerSelection {
  return service === undefined ? { server } : { server, service };
}

/** Gives an order, and says what was done. */
export async function give(context: CommandContext, path: string, body: object, done: string): Promise<void> {
  const answer = await context.client.post(path, body);
  context.answer(answer, () => done);
}
