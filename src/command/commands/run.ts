import { Option, type Command } from 'commander';
import { controlDefaults } from '../../control/control-subject.ts';
import type { AddCommand } from '../add-command.ts';
import { duration, metricsAddress, timeOption, wholeNumber } from '../arguments.ts';
import type { RunFlags } from '../run-flags.ts';
import { RunningFile } from '../running-file.ts';

export const addRun: AddCommand = (program, run) => {
  program
    .command('run')
    .description('Runs a configuration file until SIGTERM or Ctrl-C')
    .argument('<file>', 'a configuration as JSON, YAML or a module')
    .option('--watch', 'read the file again whenever it changes', false)
    .addOption(timeOption('--grace <time>', 'how long sessions under way may go on at a stop', 30_000))
    .option(
      '--reload-grace <time>',
      'how long sessions of what a reload replaces may go on (default: until they end)',
      duration,
    )
    .option('--snapshot <file>', 'keep tables and orders there, and take them back at the start')
    .option('--no-snapshot', 'keep none, whatever the file says')
    .option(
      '--access-log <file>',
      "write a record of each session, exchange and flow; '-' for standard output",
    )
    .option('--no-access-log', 'write none, whatever the file says')
    .addOption(
      new Option('--log-format <format>', 'of the access log (default: json)').choices(['json', 'haproxy']),
    )
    .option('--metrics <address>', 'serve metrics over HTTP, such as 9464 or 10.0.0.5:9464', metricsAddress)
    .option('--no-metrics', 'serve them only over the control socket, whatever the file says')
    .option(
      '--recent <count>',
      'access records of each service that are kept for `sluice log`',
      wholeNumber(0, 100_000),
      controlDefaults.recentRecords,
    )
    .addHelpText(
      'after',
      '\nThe file may state the same. A flag overrides it: --control control.path, --snapshot snapshotFile.path,' +
        '\n--access-log accessLog.to, --log-format accessLog.format, --metrics metrics, and --reload-grace reloadGraceMs. All else stays as the file says.' +
        '\n\nSIGHUP reads the file again: what differs is shown and applied, and a wrong file changes nothing.' +
        '\nSessions of what it replaces go on until they end, unless --reload-grace limits that.' +
        '\nSIGUSR2 opens the access log anew, after a rotation.' +
        '\nSIGTERM and Ctrl-C take nothing new and wait for sessions under way; a second one cuts them.' +
        '\n\nExamples:\n  sluice run /etc/sluice/pacs.yaml --snapshot /var/lib/sluice/pacs.snapshot' +
        '\n  sluice run pacs.yaml --watch --control ./pacs.sock --access-log -',
    )
    .action((file: string, flags: RunFlags, command: Command) =>
      run(command, async (context) => {
        const running = await RunningFile.start(file, context, flags);
        await running.untilStopped();
      }),
    );
};
