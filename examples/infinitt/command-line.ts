import { isIP } from 'node:net';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { EngineKind, InfinittPorts } from 'sluice';

/** What the command line and the environment ask for. */
export interface Settings {
  /** Undefined: loopback, with the demo cluster behind it. */
  readonly vip: string | undefined;
  readonly servers: readonly { readonly name: string; readonly host: string }[];
  readonly ports: Partial<InfinittPorts>;
  readonly serverPorts: Partial<InfinittPorts>;
  /** Undefined: 0, or chosen where low ports are not permitted. */
  readonly portOffset: number | undefined;
  readonly engine: EngineKind;
  readonly json: boolean;
  readonly selfTest: boolean;
}

interface Flags {
  vip?: string;
  server: Settings['servers'];
  ports: Partial<InfinittPorts>;
  serverPorts: Partial<InfinittPorts>;
  portOffset?: number;
  engine: EngineKind;
  json: boolean;
  selfTest: boolean;
}

const services = ['web', 'dicom', 'query', 'mwl', 'check'] as const;

/**
 * Reads flags and environment. Prints help or what is wrong by itself.
 *
 * @returns the settings, or the exit code: 0 after `--help`, 2 for bad flags
 */
export function readCommandLine(args: readonly string[]): Settings | number {
  let command: Command;
  try {
    command = makeCommand();
    command.parse(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
  const { server: servers, ...flags } = command.opts<Flags>();
  return { ...flags, servers, vip: flags.vip, portOffset: flags.portOffset };
}

function makeCommand(): Command {
  return new Command('npm run infinitt --')
    .description('Runs the five services of an INFINITT PACS deployment.')
    .usage('[flags]')
    .addOption(
      new Option('--vip <address>', 'address that the services listen on (default: 127.0.0.1)')
        .env('SLUICE_VIP')
        .argParser(parseAddress),
    )
    .addOption(
      new Option('--server <name=host>', 'a real server; repeat for more (default: a demo cluster of three)')
        .env('SLUICE_SERVERS')
        .argParser(addServers)
        .default([], 'none'),
    )
    .addOption(
      new Option('--ports <list>', 'ports to listen on: web=80,dicom=104,query=105,mwl=204,check=137')
        .env('SLUICE_PORTS')
        .argParser(parsePorts)
        .default({}, 'as shown'),
    )
    .addOption(
      new Option(
        '--server-ports <list>',
        'ports of the real servers, where they differ, the same way; no offset is added',
      )
        .env('SLUICE_SERVER_PORTS')
        .argParser(parsePorts)
        .default({}, 'those of --ports'),
    )
    .addOption(
      new Option(
        '--port-offset <n>',
        'added to every port to listen on (default: 0, or chosen where low ports are not permitted)',
      )
        .env('SLUICE_PORT_OFFSET')
        .argParser(parseOffset),
    )
    .addOption(
      new Option('--engine <kind>', 'which I/O carries the traffic')
        .env('SLUICE_ENGINE')
        .choices(['auto', 'portable', 'linux'])
        .default('auto'),
    )
    .addOption(
      new Option('--json', 'print events as JSON lines instead of the overview (env: SLUICE_JSON=1)').default(
        readSwitch('SLUICE_JSON'),
        'off',
      ),
    )
    .addOption(
      new Option(
        '--self-test',
        'send real traffic through all five services, print the results, exit 0 or 1 (env: SLUICE_SELF_TEST=1)',
      ).default(readSwitch('SLUICE_SELF_TEST'), 'off'),
    )
    .addHelpText(
      'after',
      '\nEach flag is also an environment variable; SLUICE_SERVERS separates servers by commas.',
    )
    .allowExcessArguments(false)
    .showHelpAfterError('(--help shows all flags)')
    .exitOverride();
}

/** @throws CommanderError for what is neither on nor off */
function readSwitch(variable: string): boolean {
  const text = process.env[variable] ?? '';
  if (/^(?:1|true|yes|on)$/i.test(text)) return true;
  if (/^(?:0|false|no|off)?$/i.test(text)) return false;
  const problem = `error: ${variable}: expected 1 or 0, true or false, yes or no, on or off, got '${text}'`;
  console.error(problem);
  throw new CommanderError(1, 'sluice.switch', problem);
}

function parseAddress(text: string): string {
  if (isIP(text) === 0)
    throw new InvalidArgumentError(`expected an IP address of this machine, got '${text}'`);
  return text;
}

/** `INF_PACS1=192.168.85.200`, several in one text separated by commas. */
function addServers(text: string, before: Settings['servers']): Settings['servers'] {
  const added = text.split(',').map((part) => {
    const [name = '', host = '', ...rest] = part.trim().split('=');
    if (name === '' || host === '' || rest.length > 0) {
      throw new InvalidArgumentError(`expected NAME=HOST, such as INF_PACS1=192.168.85.200, got '${part}'`);
    }
    return { name, host };
  });
  return [...before, ...added];
}

function parsePorts(text: string): Partial<InfinittPorts> {
  const ports: Partial<Record<keyof InfinittPorts, number>> = {};
  for (const part of text.split(',')) {
    const [name, number = '', ...rest] = part.trim().split('=');
    const service = services.find((known) => known === name);
    const port = /^\d{1,5}$/.test(number) ? Number(number) : Number.NaN;
    if (service === undefined || !(port >= 1 && port <= 65_535) || rest.length > 0) {
      const expected = `NAME=PORT with a name of ${services.join(', ')} and a port from 1 to 65535`;
      throw new InvalidArgumentError(`expected ${expected}, got '${part}'`);
    }
    ports[service] = port;
  }
  return ports;
}

function parseOffset(text: string): number {
  const offset = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(offset <= 65_000))
    throw new InvalidArgumentError(`expected an integer from 0 to 65000, got '${text}'`);
  return offset;
}
