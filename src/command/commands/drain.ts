import { Option, type Command } from 'commander';
import { duration } from '../arguments.ts';
import type { DrainOutcome } from '../../listener/drain.ts';
import type { CommandContext } from '../context.ts';
import { untilInterrupted } from '../interrupt.ts';
import type { AddCommand } from '../add-command.ts';
import { setServerEdits } from '../../file/server-edits.ts';
import { saveOrder } from '../save.ts';
import { serverCommand, type OrderFlags } from './orders.ts';

interface DrainFlags extends OrderFlags {
  readonly deadline?: number;
  readonly quietFor?: number;
  readonly then?: 'drain' | 'halt';
  readonly wait: boolean;
}

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
        '\n\nExamples:\n  sluice drain INF_PACS1 --deadline 10m\n  sluice drain INF_PACS1 --service DICOM --quiet-for 2m --then halt',
    )
    .action((server: string, flags: DrainFlags, command: Command) =>
      run(command, (context) => drain(context, server, flags)),
    );
};

async function drain(context: CommandContext, server: string, flags: DrainFlags): Promise<void> {
  const { service, deadline: deadlineMs, quietFor: quietForMs, then, wait, save } = flags;
  const order = { server, service, deadlineMs, quietForMs, then };
  const waiting = untilInterrupted();
  const outcomes = await context.client.follow('POST', '/v1/drain', order, {
    onBegun: () => {
      if (!wait) waiting.abort();
    },
    onProgress: (progress) => {
      const { sessions } = progress as { readonly sessions: Readonly<Record<string, number>> };
      context.tell(`${server} drains; sessions left: ${inWords(sessions)}`);
    },
    signal: waiting.signal,
  });
  if (outcomes === undefined) {
    context.answer({ outcome: 'under way' }, () => `${server} drains until it is taken online`);
  } else {
    context.answer(outcomes, () => `${server} is drained: ${inWords(outcomes as Outcomes)}`);
  }
  if (save)
    await saveOrder(context, (file) =>
      setServerEdits(file, { server, service }, { adminState: then ?? 'drain' }),
    );
}

type Outcomes = Readonly<Record<string, DrainOutcome>>;

function inWords(byService: object): string {
  return Object.entries(byService)
    .map(([service, value]) => `${service} ${String(value)}`)
    .join(', ');
}
