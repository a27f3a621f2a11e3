import type { Command } from 'commander';
import { formatDuration } from '../../base/quantities.ts';
import type { PlainRunOptions } from '../../file/run-options.ts';
import { formatEndpoint } from '../../model/endpoint.ts';
import type { Explanation } from '../../pool/selector.ts';
import type { ServiceSession } from '../../balancer/service-sessions.ts';
import { sessionTable } from '../session-table.ts';
import { untilInterrupted } from '../interrupt.ts';
import type { AddCommand } from '../add-command.ts';

/** Questions to the running balancer, which change nothing. */
export const addAnswers: AddCommand = (program, run) => {
  addExplain(program, run);
  addSessions(program, run);
  addLog(program, run);
  addStatus(program, run);
  addConfiguration(program, run);
};

const addExplain: AddCommand = (program, run) => {
  program
    .command('explain')
    .description('Says where the next session of a client goes in every service, and why')
    .argument('<client>', 'its IP address')
    .addHelpText('after', '\nExample:\n  sluice explain 192.168.85.31')
    .action((client: string, _flags: object, command: Command) =>
      run(command, async (context) => {
        const answer = await context.client.get('/v1/explain', { client });
        context.answer(answer, () => explained(client, answer as Readonly<Record<string, Explanation>>));
      }),
    );
};

const addSessions: AddCommand = (program, run) => {
  program
    .command('sessions')
    .description('Lists who is connected now, the longest first: what a drain waits for')
    .option('--service <name>', 'only of this service')
    .option('--server <name>', 'only with this server')
    .addHelpText('after', '\nExample:\n  sluice sessions --server INF_PACS1')
    .action((filter: Readonly<Record<string, string>>, command: Command) =>
      run(command, async (context) => {
        const sessions = (await context.client.get('/v1/sessions', filter)) as readonly ServiceSession[];
        context.answer(sessions, () => sessionTable(sessions));
      }),
    );
};

const addLog: AddCommand = (program, run) => {
  program
    .command('log')
    .description('Shows events from now on: sessions, decisions, probes, changes of state; until Ctrl-C')
    .option('--service <name>', 'only of this service')
    .option('--client <address>', 'only of this client')
    .addHelpText('after', '\nExample:\n  sluice log --service DICOM --client 192.168.85.31')
    .action((filter: Readonly<Record<string, string>>, command: Command) =>
      run(command, async (context) => {
        await context.client.follow('GET', '/v1/events', filter, {
          onProgress: (event) => context.io.output.write(`${JSON.stringify(event)}\n`),
          signal: untilInterrupted().signal,
        });
      }),
    );
};

const addStatus: AddCommand = (program, run) => {
  program
    .command('status')
    .description('Says which process runs, since when, with which engine and file')
    .action((_flags: object, command: Command) =>
      run(command, async (context) => {
        const status = (await context.client.get('/v1/status')) as Status;
        context.answer(status, () =>
          [
            `process   ${status.pid}, Node ${status.node}, since ${new Date(status.startedAtMs).toISOString()}`,
            `engine    ${status.engine.name} (${status.engine.reason})`,
            `file      ${status.file ?? 'none'}`,
            ...(status.run === undefined ? [] : runInWords(status.run)),
          ].join('\n'),
        );
      }),
    );
};

const addConfiguration: AddCommand = (program, run) => {
  program
    .command('configuration')
    .description('Prints the present configuration as JSON, orders and duplicates included')
    .action((_flags: object, command: Command) =>
      run(command, async (context) => {
        const configuration = await context.client.get('/v1/configuration');
        context.answer(configuration, () => JSON.stringify(configuration, null, 2));
      }),
    );
};

interface Status {
  readonly pid: number;
  readonly node: string;
  readonly startedAtMs: number;
  readonly file?: string;
  readonly engine: { readonly name: string; readonly reason: string };
  /** Only of `sluice run`. */
  readonly run?: PlainRunOptions;
}

function runInWords({ snapshotFile, accessLog, metrics }: PlainRunOptions): readonly string[] {
  return [
    `snapshot  ${snapshotFile === false ? 'none' : `${snapshotFile.path}, every ${formatDuration(snapshotFile.intervalMs)}`}`,
    `log       ${accessLog === false ? 'none' : `${accessLog.to}, as ${accessLog.format}`}`,
    `metrics   ${metrics === false ? 'only over the control socket' : formatEndpoint(metrics.host, metrics.port)}`,
  ];
}

function explained(client: string, answer: Readonly<Record<string, Explanation>>): string {
  const services = Object.entries(answer);
  const width = Math.max(...services.map(([name]) => name.length));
  const lines = services.map(
    ([name, { server, reason }]) => `  ${name.padEnd(width)}  ${server ?? 'no server'}  (${reason})`,
  );
  return [`The next session of ${client} goes to:`, ...lines].join('\n');
}
