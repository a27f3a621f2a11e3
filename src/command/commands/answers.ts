import type { Command } from 'commander';
import { formatDuration } from '../../base/quantities.ts';
import type { ClientExplanation } from '../../control/client-explanation.ts';
import type { PlainRunOptions } from '../../file/run-options.ts';
import { formatEndpoint } from '../../model/endpoint.ts';
import type { ServiceSession } from '../../balancer/service-sessions.ts';
import { sessionTable } from '../session-table.ts';
import type { AddCommand } from '../add-command.ts';

/** Questions to the running balancer, which change nothing. */
export const addAnswers: AddCommand = (program, run) => {
  addExplain(program, run);
  addSessions(program, run);
  addStatus(program, run);
  addConfiguration(program, run);
};

const addExplain: AddCommand = (program, run) => {
  program
    .command('explain')
    .description(
      'Says where the next session of a client goes in every service: why, since when and until when',
    )
    .argument('<client>', 'its IP address')
    .addHelpText(
      'after',
      '\nFor each service: the server and the reason (balance, table, cookie, wait, none, …), since when persistence has not' +
        '\nheard of the client, how long it still remembers it, and the sessions that the client has now.' +
        '\n\nExamples:\n  sluice explain 192.168.85.31\n  sluice explain 192.168.85.31 --json | jq .DICOM.server',
    )
    .action((client: string, _flags: object, command: Command) =>
      run(command, async (context) => {
        const answer = await context.client.get('/v1/explain', { client });
        context.answer(answer, () =>
          explained(client, answer as Readonly<Record<string, ClientExplanation>>),
        );
      }),
    );
};

const addSessions: AddCommand = (program, run) => {
  program
    .command('sessions')
    .description('Lists who is connected now, the longest first: what a drain waits for')
    .option('--service <name>', 'only of this service')
    .option('--server <name>', 'only with this server')
    .option('--client <address>', 'only of this client, or of a prefix such as 192.168.85.0/24')
    .addHelpText(
      'after',
      '\nExamples:\n  sluice sessions --server INF_PACS1\n  sluice sessions --service DICOM --json | jq length',
    )
    .action((filter: Readonly<Record<string, string>>, command: Command) =>
      run(command, async (context) => {
        const sessions = (await context.client.get('/v1/sessions', filter)) as readonly ServiceSession[];
        context.answer(sessions, () => sessionTable(sessions));
      }),
    );
};

const addStatus: AddCommand = (program, run) => {
  program
    .command('status')
    .description('Says which process runs, since when, with which engine and file')
    .addHelpText('after', '\nExample:\n  sluice status')
    .action((_flags: object, command: Command) =>
      run(command, async (context) => {
        const status = (await context.client.get('/v1/status')) as Status;
        context.answer(status, () =>
          [
            `process   ${status.pid}, Node ${status.node}, since ${new Date(status.startedAtMs).toISOString()}`,
            `engine    ${status.engine.name} (${status.engine.reason})`,
            `file      ${status.file ?? 'none'}`,
            ...(status.run === undefined ? [] : runInWords(status.run, status.metricsUrl)),
          ].join('\n'),
        );
      }),
    );
};

const addConfiguration: AddCommand = (program, run) => {
  program
    .command('configuration')
    .description('Prints the present configuration as JSON, orders and duplicates included; secrets as well')
    .addHelpText('after', '\nExample:\n  sluice configuration | jq .services[0].servers')
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
  /** With the port in use, where the file leaves it to the system. */
  readonly metricsUrl?: string;
}

function runInWords(
  { snapshotFile, accessLog, admin, reloadGraceMs }: PlainRunOptions,
  metricsUrl = 'only over the control socket',
): readonly string[] {
  return [
    `snapshot  ${snapshotFile === false ? 'none' : `${snapshotFile.path}, every ${formatDuration(snapshotFile.intervalMs)}`}`,
    `log       ${accessLog === false ? 'none' : `${accessLog.to}, as ${accessLog.format}`}`,
    `metrics   ${metricsUrl}`,
    `admin     ${admin === false ? 'none' : formatEndpoint(admin.host, admin.port)}`,
    `reload    sessions of what it replaces go on ${typeof reloadGraceMs === 'number' ? `for ${formatDuration(reloadGraceMs)}` : 'until they end'}`,
  ];
}

function explained(client: string, answer: Readonly<Record<string, ClientExplanation>>): string {
  const services = Object.entries(answer);
  const width = Math.max(...services.map(([name]) => name.length));
  const lines = services.map(
    ([name, explanation]) =>
      `  ${name.padEnd(width)}  ${explanation.server ?? 'no server'}  (${whyThere(explanation)})`,
  );
  return [`The next session of ${client} goes to:`, ...lines].join('\n');
}

function whyThere({ reason, isUncertain, entry, unusedForMs, sessions }: ClientExplanation): string {
  const words: string[] = [reason, ...(isUncertain === true ? ['another one may be picked'] : [])];
  if (entry !== undefined) {
    const left = formatDuration(entry.expiresInMs, 2);
    if (unusedForMs !== undefined && unusedForMs > 0)
      words.push(`last used ${formatDuration(unusedForMs, 2)} ago`);
    words.push(`remembered for ${left}${entry.sessions > 0 ? ' after its sessions' : ''}`);
  }
  const [longest] = sessions;
  if (longest !== undefined) {
    words.push(
      `${sessions.length} ${sessions.length === 1 ? 'session' : 'sessions'} now, the longest since ${formatDuration(longest.durationMs, 2)}`,
    );
  }
  return words.join('; ');
}
