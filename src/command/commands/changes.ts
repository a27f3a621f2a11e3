import type { Command } from 'commander';
import type { BalancerConfig } from '../../config/balancer-config.ts';
import type { ConfigChange } from '../../config/describe-changes.ts';
import { lintConfig } from '../../config/lint.ts';
import { optionChanges, showChange, type OptionChange } from '../../config/option-changes.ts';
import type { ControlClient } from '../../control/control-client.ts';
import type { ConfigFile } from '../../file/config-file.ts';
import { ConfigFileError } from '../../file/file-problem.ts';
import { plainRunOptions, type PlainRunOptions, type ResolvedRunOptions } from '../../file/run-options.ts';
import { readConfigFile } from '../../file/read-config-file.ts';
import { isPlainThroughout } from '../../base/plain-data.ts';
import { timeOption } from '../arguments.ts';
import type { CommandContext } from '../context.ts';
import { untilInterrupted } from '../interrupt.ts';
import { tellFindings } from '../tell-findings.ts';
import type { AddCommand } from '../add-command.ts';

/** Edit and commit, apart from each other. */
export const addChanges: AddCommand = (program, run) => {
  addPlan(program, run);
  addApply(program, run);
};

const addPlan: AddCommand = (program, run) => {
  program
    .command('plan')
    .description('Shows what `apply` would change in the running balancer')
    .argument('<file>', 'the configuration file')
    .addHelpText('after', '\nExample:\n  sluice plan pacs.yaml')
    .action((file: string, _flags: object, command: Command) =>
      run(command, async (context) => {
        const { value, changes, left } = await plan(context, file);
        const findings = lintConfig(value);
        context.answer({ changes, findings, left }, () => inWords(changes));
        tellFindings(context, findings);
      }),
    );
};

const addApply: AddCommand = (program, run) => {
  program
    .command('apply')
    .description('Makes a file the configuration of the running balancer; sessions go on')
    .argument('<file>', 'the configuration file')
    .addOption(timeOption('--grace <time>', 'how long sessions of what is replaced may go on', 30_000))
    .option('--no-wait', 'return once the new configuration serves')
    .addHelpText(
      'after',
      '\nNothing is changed where the file is wrong or a port cannot be bound. What `sluice run` does beside the services,' +
        '\nit reads from its own file, at SIGHUP.' +
        '\n\nExamples:\n  sluice apply pacs.yaml\n  sluice apply pacs.yaml --grace 10m',
    )
    .action(
      (file: string, { grace, wait }: { readonly grace: number; readonly wait: boolean }, command: Command) =>
        run(command, async (context) => {
          const { client, value, changes, left } = await plan(context, file);
          for (const { text } of changes) context.tell(text);
          using waiting = untilInterrupted();
          await client.follow(
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
          context.answer({ changes, left }, () =>
            changes.length === 0 ? 'Nothing differs.' : 'It is applied.',
          );
          tellFindings(context, lintConfig(value));
        }),
    );
};

/** What a file would change. */
interface Plan {
  readonly value: BalancerConfig;
  /** The balancer that runs the file, or is to run it. */
  readonly client: ControlClient;
  readonly changes: readonly ConfigChange[];
  /** What only the process itself can change, beside the services. */
  readonly left: readonly OptionChange[];
}

async function plan(context: CommandContext, file: string): Promise<Plan> {
  const { value, run } = await readPlain(context, file);
  const client = context.clientFor(run.control);
  const changes = (await client.post('/v1/plan', { configuration: value })) as readonly ConfigChange[];
  const left = await changesOfRun(client, run);
  for (const change of left)
    context.tell(`not by this command, but at SIGHUP or the next start: ${showChange(change)}`);
  return { value, client, changes, left };
}

async function changesOfRun(
  client: ControlClient,
  next: ResolvedRunOptions,
): Promise<readonly OptionChange[]> {
  const { run: present } = (await client.get('/v1/status')) as { readonly run?: PlainRunOptions };
  // A program that is no `sluice run`.
  if (present === undefined) return [];
  const { control = present.control, ...others } = next;
  return optionChanges(present, plainRunOptions({ control, ...others }));
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
