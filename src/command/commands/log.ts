import { Option, type Command } from 'commander';
import type { Missed } from '../../control/bounded-feed.ts';
import type { LogEntry } from '../../records/log-entry.ts';
import type { AddCommand } from '../add-command.ts';
import { untilInterrupted } from '../interrupt.ts';
import { logLine } from '../log-line.ts';

interface LogFlags {
  readonly follow: boolean;
  readonly service?: string;
  readonly client?: string;
  readonly access: boolean;
  readonly state: boolean;
  readonly detail: boolean;
}

/** Tells what happened, and what happens. */
export const addLog: AddCommand = (program, run) => {
  program
    .command('log')
    .description('Tells what happened lately: who went where, why and how it ended; changes of state; orders')
    .option('-f, --follow', 'go on with what happens, until Ctrl-C', false)
    .option('--service <name>', 'only of this service')
    .option('--client <address>', 'only of this client, or of a prefix such as 192.168.85.0/24')
    .addOption(
      new Option('--access', 'only sessions, exchanges and flows that ended')
        .default(false)
        .conflicts('state'),
    )
    .option('--state', 'only changes of state and orders', false)
    .option('--detail', 'with --follow: every event as well, such as picks and probes', false)
    .addHelpText(
      'after',
      '\nWithout --access and --state, both are told. The running balancer keeps the last 1,000 changes and orders, and the' +
        '\nlast access records of each service (`sluice run --recent`). Paths of requests are masked, and have no query.' +
        '\nA reader that is too slow is told how many entries are missing.' +
        '\n\nExamples:\n  sluice log --client 192.168.85.31\n  sluice log --follow --service DICOM\n  sluice log --state' +
        '\n  sluice log --access --json | jq "select(.record.ending != \\"--\\")"',
    )
    .action(({ access, state, follow, detail, ...subject }: LogFlags, command: Command) =>
      run(command, async (context) => {
        const about = access ? 'access' : state ? 'state' : 'all';
        const query = { ...subject, about, follow: String(follow), detail: String(follow && detail) };
        using waiting = untilInterrupted();
        await context.client.follow('GET', '/v1/log', query, {
          onProgress: (entry) => {
            const text = context.isJson ? JSON.stringify(entry) : logLine(entry as LogEntry | Missed);
            context.io.output.write(`${text}\n`);
          },
          signal: waiting.signal,
        });
      }),
    );
};
