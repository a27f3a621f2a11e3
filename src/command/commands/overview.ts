import { once } from 'node:events';
import type { Command } from 'commander';
import type { ControlOverview } from '../../control/file-comparison.ts';
import { systemClock } from '../../runtime/system-runtime.ts';
import { hasColours } from '../command-io.ts';
import type { CommandContext } from '../context.ts';
import { untilInterrupted } from '../interrupt.ts';
import { overviewDrawer, printedOverview } from '../overview/draw-overview.ts';
import type { AddCommand } from '../add-command.ts';

const everyMs = 1000;

export const addOverview: AddCommand = (program, run) => {
  program
    .command('overview')
    .description(
      'Shows every service and server: states, sessions, bytes, last probe, and what differs from the file',
    )
    .option('--watch', 'refresh it in place every second until Ctrl-C', false)
    .addHelpText(
      'after',
      '\n`*` marks what runs otherwise than the configuration file says: orders that were not saved, and changes of one' +
        '\nside alone. They are listed below the table.' +
        '\n\nExamples:\n  sluice overview\n  sluice overview --watch\n  sluice overview --json | jq .services[].status' +
        '\n  sluice overview --json | jq .file.differences[].text',
    )
    .action((flags: { readonly watch: boolean }, command: Command) =>
      run(command, (context) => (flags.watch ? watch(context) : show(context))),
    );
};

async function show(context: CommandContext): Promise<void> {
  const overview = (await context.client.get('/v1/overview')) as ControlOverview;
  context.answer(overview, () => printedOverview(overview));
}

async function watch(context: CommandContext): Promise<void> {
  const { output, env } = context.io;
  const draw = overviewDrawer(output, hasColours(output, env));
  using interrupted = untilInterrupted();
  const { signal } = interrupted;
  while (!signal.aborted) {
    const overview = (await context.client.get('/v1/overview')) as ControlOverview;
    if (context.isJson) output.write(`${JSON.stringify(overview)}\n`);
    else draw(overview);
    const tick = new AbortController();
    const timer = systemClock.schedule(everyMs, () => tick.abort());
    await once(AbortSignal.any([signal, tick.signal]), 'abort');
    timer.cancel();
  }
}
