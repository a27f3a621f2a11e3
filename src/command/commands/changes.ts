import type { Command } from 'commander';
import type { ConfigChange } from '../../config/describe-changes.ts';
import { lintConfig } from '../../config/lint.ts';
import type { ConfigFile } from '../../file/config-file.ts';
import { ConfigFileError } from '../../file/file-problem.ts';
import { readConfigFile } from '../../file/read-config-file.ts';
import { isPlainThroughout } from '../../base/plain-data.ts';
import { duration } from '../arguments.ts';
import type { CommandContext } from '../context.ts';
import { untilInterrupted } from '../interrupt.ts';
import type { AddCommand } from '../add-command.ts';

/** Edit and commit, apart from each other. */
export const addChanges: AddCommand = (program, run) => {
  program
    .command('plan')
    .description('Shows what `apply` would change in the running balancer')
    .argument('<file>', 'the configuration file')
    .addHelpText('after', '\nExample:\n  sluice plan pacs.yaml')
    .action((file: string, _flags: object, command: Command) =>
      run(command, async (context) => {
        const { value } = await readPlain(context, file);
        const changes = await plan(context, value);
        context.answer({ changes, findings: lintConfig(value) }, () => inWords(changes));
        for (const { severity, message, rule } of lintConfig(value))
          context.tell(`${severity}: ${message} [${rule}]`);
      }),
    );

  program
    .command('apply')
    .description('Makes a file the configuration of the running balancer; sessions go on')
    .argument('<file>', 'the configuration file')
    .option('--grace <time>', 'how long sessions of what is replaced may go on', duration, 30_000)
    .option('--no-wait', 'return once the new configuration serves')
    .addHelpText(
      'after',
      '\nNothing is changed where the file is wrong or a port cannot be bound.' +
        '\n\nExamples:\n  sluice apply pacs.yaml\n  sluice apply pacs.yaml --grace 10m',
    )
    .action(
      (file: string, { grace, wait }: { readonly grace: number; readonly wait: boolean }, command: Command) =>
        run(command, async (context) => {
          const { value } = await readPlain(context, file);
          const changes = await plan(context, value);
          for (const { text } of changes) context.tell(text);
          const waiting = untilInterrupted();
          await context.client.follow(
            'POST',
            '/v1/apply',
            { configuration: value, graceMs: grace },
            {
              onProgress: (progress) => {
                const { serves, sessions } = progress as {
                  readonly serves: boolean;
                  readonly sessions: number;
                };
                if (serves && !wait) waiting.abort();
                else if (serves) context.tell(`It serves; sessions left with what it replaces: ${sessions}`);
              },
              signal: waiting.signal,
            },
          );
          context.answer({ changes }, () => (changes.length === 0 ? 'Nothing differs.' : 'It is applied.'));
        }),
    );
};

async function plan(context: CommandContext, configuration: unknown): Promise<readonly ConfigChange[]> {
  return (await context.client.post('/v1/plan', { configuration })) as readonly ConfigChange[];
}

function inWords(changes: readonly ConfigChange[]): string {
  return changes.length === 0 ? 'Nothing differs.' : changes.map(({ text }) => text).join('\n');
}

/** A configuration that can be sent: live objects of a module stay in their process. */
async function readPlain(context: CommandContext, file: string): Promise<ConfigFile> {
  const read = await readConfigFile(file, { environment: context.io.env });
  if (isPlainThroughout(read.value)) return read;
  const expected = 'plain data: run the module, and send SIGHUP after a change';
  throw new ConfigFileError([{ file: read.path, path: '', expected, actual: 'live objects' }]);
}
