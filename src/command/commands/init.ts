import { existsSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import { Argument, InvalidArgumentError, type Command } from 'commander';
import { OptionsError, SluiceError } from '../../base/errors.ts';
import { defaultControlPath } from '../../control/control-path.ts';
import { readConfig } from '../../config/read-config.ts';
import { infinittFile, infinittServices } from '../../file/infinitt-file.ts';
import { isIpAddress } from '../../model/address.ts';
import {
  infinittPreset,
  type InfinittPresetOptions,
  type InfinittServer,
} from '../../presets/infinitt-preset.ts';
import { writeAtomically } from '../../runtime/atomic-file.ts';
import type { CommandContext } from '../context.ts';
import type { AddCommand } from '../add-command.ts';
import { askInfinitt } from '../wizard.ts';

interface InitFlags {
  readonly vip?: string;
  readonly server: readonly InfinittServer[];
  readonly out?: string;
  readonly only?: readonly string[];
  readonly force: boolean;
}

export const addInit: AddCommand = (program, run) => {
  program
    .command('init')
    .description('Writes a whole, explicit configuration file to edit and run')
    .addArgument(new Argument('<preset>', 'the five services of an INFINITT PACS').choices(['infinitt']))
    .option('--vip <address>', 'the virtual IP address of all services', address)
    .option('--server <name=host>', 'a real server; repeat for more', addServer, [])
    .option(
      '--only <services>',
      'some of the five services, such as INFINITT_Web,INFINITT_Check',
      someServices,
    )
    .option('--out <file>', 'where to write it: .yaml or .json (default: infinitt.yaml)')
    .option('--force', 'replace a file that is there', false)
    .addHelpText(
      'after',
      '\nOn a terminal, what is not given is asked for.' +
        '\n\nExample:\n  sluice init infinitt --vip 192.168.85.150 --server INF_PACS1=192.168.85.200 --server INF_PACS2=192.168.85.201',
    )
    .action((_preset: string, flags: InitFlags, command: Command) =>
      run(command, (context) => init(context, flags)),
    );
};

async function init(context: CommandContext, flags: InitFlags): Promise<void> {
  const options = await optionsOf(context, flags);
  const file = resolve(flags.out ?? 'infinitt.yaml');
  if (existsSync(file) && !flags.force) {
    throw new SluiceError(
      'SLUICE_ERR_STATE',
      `${file} is there already; --force replaces it, --out FILE writes another`,
    );
  }
  // Told before anything is written.
  readConfig(infinittPreset(options));
  const format = file.endsWith('.json') ? 'json' : 'yaml';
  // Beside the unit of systemd, which has a folder of its own.
  const { RUNTIME_DIRECTORY: _, ...env } = context.io.env;
  const controlFolder = dirname(defaultControlPath(env));
  const snapshot = `${basename(file, extname(file))}.snapshot`;
  await writeAtomically(file, infinittFile(options, { format, only: flags.only, snapshot, controlFolder }));
  context.answer({ file }, () => `${file} is written. Next:\n  sluice check ${file}\n  sluice run ${file}`);
}

async function optionsOf(
  context: CommandContext,
  { vip, server }: InitFlags,
): Promise<InfinittPresetOptions> {
  if (vip !== undefined && server.length > 0) return { vip, servers: server };
  if (context.io.isInteractive) return askInfinitt({ vip, servers: server });
  throw new OptionsError([
    ...(vip === undefined ? [{ path: '--vip', expected: 'the virtual IP address', actual: 'nothing' }] : []),
    ...(server.length === 0
      ? [{ path: '--server', expected: 'at least one NAME=HOST', actual: 'nothing' }]
      : []),
  ]);
}

function address(text: string): string {
  if (isIpAddress(text)) return text;
  throw new InvalidArgumentError(`expected an IP address of this machine, got '${text}'`);
}

function someServices(text: string): readonly string[] {
  const names = text.split(',');
  const unknown = names.find((name) => !infinittServices.includes(name));
  if (unknown === undefined) return names;
  const expected = `names of ${infinittServices.join(', ')}, separated by commas`;
  throw new InvalidArgumentError(`expected ${expected}, got '${unknown}'`);
}

function addServer(text: string, before: readonly InfinittServer[]): readonly InfinittServer[] {
  const [name = '', host = '', ...rest] = text.split('=');
  if (name === '' || host === '' || rest.length > 0) {
    throw new InvalidArgumentError(`expected NAME=HOST, such as INF_PACS1=192.168.85.200, got '${text}'`);
  }
  return [...before, { name, host }];
}
