import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { Argument, type Command } from 'commander';
import { wholeNumber } from '../arguments.ts';
import type { CommandContext } from '../context.ts';
import { IpAddress } from '../../model/address.ts';
import { readConfigFile } from '../../file/read-config-file.ts';
import type { ResolvedRunOptions } from '../../file/run-options.ts';
import { completionScript, shells, type Shell } from '../deployment/completion.ts';
import { firewallRules, type OpenedService } from '../deployment/firewall.ts';
import { systemdUnit, unitEnvironment } from '../deployment/systemd-unit.ts';
import type { AddCommand } from '../add-command.ts';

/** What an administrator needs around the balancer. All of it is printed, and changes nothing. */
export const addDeployment: AddCommand = (program, run) => {
  program
    .command('firewall')
    .description('Prints nftables rules that open just what a configuration needs')
    .argument('[file]', 'the configuration file (default: what runs now)')
    .option(
      '--ssh <port>',
      'keep this port open for administration (default: 22)',
      wholeNumber(1, 65_535),
      22,
    )
    .option('--no-ssh', 'do not')
    .addHelpText(
      'after',
      '\nThe rules replace a table of their own, `inet sluice`, and drop whatever else comes in.' +
        '\nTry them first with a way back: sluice firewall FILE > rules.nft; nft -c -f rules.nft' +
        '\n\nExample:\n  sluice firewall /etc/sluice/pacs.yaml | nft -f -',
    )
    .action((file: string | undefined, { ssh }: { readonly ssh: number | false }, command: Command) =>
      run(command, async (context) => {
        const services = await servicesOf(context, file);
        context.io.output.write(firewallRules(services, ssh === false ? undefined : ssh));
      }),
    );

  program
    .command('unit')
    .description('Prints a systemd unit that runs a configuration file as an ordinary user')
    .argument('<file>', 'the configuration file')
    .option('--user <name>', 'the user that it runs as', 'sluice')
    .addHelpText(
      'after',
      '\nExample:\n  useradd --system sluice\n  sluice unit /etc/sluice/pacs.yaml > /etc/systemd/system/sluice.service' +
        '\n  systemctl daemon-reload && systemctl enable --now sluice',
    )
    .action((file: string, { user }: { readonly user: string }, command: Command) =>
      run(command, async (context) => {
        const { run: beside } = await readConfigFile(file, {
          environment: { ...context.io.env, ...unitEnvironment },
        });
        context.io.output.write(
          systemdUnit({
            ...{ file, user, node: process.execPath, script: realpathSync(process.argv[1] ?? '') },
            folders: foldersOf(beside),
          }),
        );
      }),
    );

  program
    .command('completion')
    .description('Prints what completes commands and flags in a shell')
    .addArgument(new Argument('<shell>').choices(shells))
    .addHelpText('after', '\nExample:\n  source <(sluice completion bash)')
    .action((shell: Shell, _flags: object, command: Command) =>
      run(command, (context) => {
        context.io.output.write(completionScript(program, shell));
        return Promise.resolve();
      }),
    );
};

async function servicesOf(
  context: CommandContext,
  file: string | undefined,
): Promise<readonly OpenedService[]> {
  if (file === undefined) {
    const running = (await context.client.get('/v1/configuration')) as { readonly services: OpenedService[] };
    return running.services;
  }
  const { config, run } = await readConfigFile(file, { environment: context.io.env });
  const services = config.services.map(({ name, mode, listeners: [{ host, port }] }) => ({
    ...{ name, mode, host, port },
  }));
  const beside = [
    ['metrics', run.metrics],
    ['admin', run.admin],
  ] as const;
  const outside = beside.flatMap(([name, place]): readonly OpenedService[] => {
    if (place === false || IpAddress.parse(place.host)?.isLoopback === true) return [];
    return [{ name, mode: 'tcp', host: place.host, port: place.port }];
  });
  return [...services, ...outside];
}

/** The folders of what `sluice run` writes. */
function foldersOf({ control, snapshotFile, accessLog, admin }: ResolvedRunOptions): readonly string[] {
  const paths = [
    control && control.path,
    snapshotFile && snapshotFile.path,
    accessLog && accessLog.to,
    admin && admin.auditFile,
  ];
  const folders = paths.flatMap((path) => (typeof path === 'string' && path !== '-' ? [dirname(path)] : []));
  return admin === false ? folders : [...folders, admin.folder];
}
