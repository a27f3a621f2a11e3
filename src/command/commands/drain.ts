import { Option, type Command } from 'commander';
import { formatDuration } from '../../base/quantities.ts';
import type { ConfigEdit } from '../../file/config-edit.ts';
import type { ConfigFile } from '../../file/config-file.ts';
import { setServerEdits } from '../../file/server-edits.ts';
import type { DrainProgress } from '../../control/drain-progress.ts';
import type { DrainOutcome } from '../../listener/drain.ts';
import type { AddCommand } from '../add-command.ts';
import { duration } from '../arguments.ts';
import { exitCodes } from '../command-io.ts';
import type { CommandContext } from '../context.ts';
import { untilInterrupted } from '../interrupt.ts';
import { saveOrder } from '../save.ts';
import { serverCommand, type OrderFlags } from './orders.ts';

interface DrainFlags extends OrderFlags {
  readonly deadline?: number;
  readonly quietFor?: number;
  readonly then?: 'drain' | 'halt';
  readonly wait: boolean;
}

/** How the drain ended, by service. */
type Outcomes = Readonly<Record<string, DrainOutcome>>;

export const addDrain: AddCommand = (program, run) => {
  serverCommand(program, 'drain', 'Takes no new clients to a server, and waits until its sessions have ended')
    .option('--deadline <time>', 'cut what is left after so long, such as 10m, and halt the server', duration)
    .option('--quiet-for <time>', 'wait until it has had no session for so long, such as 2m', duration)
    .addOption(new Option('--then <state>', 'what becomes of it once it is empty').choices(['drain', 'halt']))
    .option('--no-wait', 'give the order and return at once')
    .addHelpText(
      'after',
      '\nClients that persistence sends to the server still come while it drains: without --deadline or --quiet-for that' +
        '\nmay last as long as they keep calling. Ctrl-C ends the waiting; the order stands until `sluice online`.' +
        '\nUDP flows have no end that anybody sees: each lasts until it has been silent for the idleTimeoutMs of its service.' +
        '\nIt ends with 1 where somebody gives the server another order meanwhile.' +
        '\n\nExamples:\n  sluice drain INF_PACS1 --deadline 10m\n  sluice drain INF_PACS1 --service DICOM --quiet-for 2m --then halt',
    )
    .action((server: string, flags: DrainFlags, command: Command) =>
      run(command, (context) => drain(context, server, flags)),
    );
};

async function drain(context: CommandContext, server: string, flags: DrainFlags): Promise<number> {
  const { service, deadline: deadlineMs, quietFor: quietForMs, then, wait, save } = flags;
  const order = { server, service, deadlineMs, quietForMs, then };
  using waiting = untilInterrupted();
  const outcomes = (await context.client.follow('POST', '/v1/drain', order, {
    onBegun: () => {
      if (!wait) waiting.abort();
    },
    onProgress: (progress) => {
      context.tell(`${server} drains; sessions left: ${leftInWords(progress as DrainProgress)}`);
    },
    signal: waiting.signal,
  })) as Outcomes | undefined;
  const isCancelled = outcomes !== undefined && Object.values(outcomes).includes('cancelled');
  if (outcomes === undefined) {
    context.answer({ outcome: 'under way' }, () => `${server} drains ${untilWhen(flags)}`);
  } else {
    const end = isCancelled ? 'got another order' : 'is drained';
    context.answer(outcomes, () => `${server} ${end}: ${inWords(outcomes)}`);
  }
  if (isCancelled) return exitCodes.refused;
  if (save) await saveOrder(context, (file) => editsOf(file, server, flags, outcomes));
  return exitCodes.done;
}

/** What ends a drain that nobody waits for. */
function untilWhen({ deadline, quietFor = 0, then }: DrainFlags): string {
  const empty = quietFor === 0 ? 'has no session' : `has had no session for ${formatDuration(quietFor)}`;
  const end = then === 'halt' ? `until it ${empty}, and is halted then` : 'until it is taken online';
  if (deadline === undefined) return end;
  const cut = `what is left after ${formatDuration(deadline)} is cut`;
  return then === 'halt' ? `${end}; ${cut}` : `${end}; ${cut}, and it is halted then`;
}

/** Keeps what becomes of the server in each service. */
function editsOf(
  file: ConfigFile,
  server: string,
  { service, then: adminState = 'drain' }: DrainFlags,
  outcomes: Outcomes | undefined,
): readonly ConfigEdit[] {
  if (outcomes === undefined) return setServerEdits(file, { server, service }, { adminState });
  const inFile = file.value.services.filter(({ name }) => outcomes[name] !== undefined);
  return inFile.flatMap(({ name }) => {
    const isCut = outcomes[name] === 'deadline';
    return setServerEdits(file, { server, service: name }, { adminState: isCut ? 'halt' : adminState });
  });
}

/** What a drain waits for. Nobody can see whether a flow goes on, so they last until they have been silent. */
export function leftInWords({ sessions, flows }: DrainProgress): string {
  const left = Object.entries(flows).map(([service, { count, idleTimeoutMs }]) => {
    const time = formatDuration(idleTimeoutMs);
    return count === 1
      ? `1 of ${service} is a UDP flow, which ends ${time} after its last datagram at the latest`
      : `${count} of ${service} are UDP flows, which end ${time} after their last datagrams at the latest`;
  });
  return [inWords(sessions), ...left].join('; ');
}

function inWords(byService: object): string {
  return Object.entries(byService)
    .map(([service, value]) => `${service} ${String(value)}`)
    .join(', ');
}
