import { Option, type Command } from 'commander';
import { SluiceError } from '../../base/errors.ts';
import type { Finding } from '../../base/finding.ts';
import { nearestName } from '../../base/wording.ts';
import { lintRules } from '../../config/lint.ts';
import { placeProblem } from '../../file/config-file.ts';
import { ConfigFileError, formatWithExcerpt } from '../../file/file-problem.ts';
import { loadConfigFile, type LoadedFile } from '../../file/load-config-file.ts';
import { checkFile } from '../../file/read-config-file.ts';
import { exitCodes } from '../command-io.ts';
import type { CommandContext } from '../context.ts';
import { canMend, findingsOf, mendFile, type Where } from '../mend-file.ts';
import { plainTable } from '../plain-table.ts';
import type { AddCommand } from '../add-command.ts';

interface CheckFlags {
  readonly rules?: boolean;
  readonly explain?: string;
  readonly fix?: boolean;
  readonly dryRun?: boolean;
}

export const addCheck: AddCommand = (program, run) => {
  program
    .command('check')
    .description('Tells every problem of a configuration file, and what may not be meant as it is written')
    .argument('[file]', 'the configuration file')
    .option('--rules', 'list the rules')
    .option('--explain <rule>', 'say why a rule matters')
    .option('--fix', 'show and make the changes that mend what can be mended without asking anybody')
    .addOption(new Option('--dry-run', 'with --fix: show the changes only').implies({ fix: true }))
    .addHelpText(
      'after',
      '\nExit codes: 0 right, perhaps with advice; 1 warnings; 2 wrong.' +
        '\n\nExamples:\n  sluice check pacs.yaml\n  sluice check pacs.yaml --fix --dry-run\n  sluice check --explain dup-check-kind',
    )
    .action((file: string | undefined, flags: CheckFlags, command: Command) =>
      run(command, (context) => check(context, file, flags, command)),
    );
};

async function check(
  context: CommandContext,
  file: string | undefined,
  { rules, explain, fix, dryRun = false }: CheckFlags,
  command: Command,
): Promise<number> {
  if (rules === true) return listRules(context);
  if (explain !== undefined) return explainRule(context, explain);
  if (file === undefined) command.error("error: missing required argument 'file'");
  let loaded: LoadedFile | undefined = undefined;
  try {
    loaded = await loadConfigFile(file, { environment: context.io.env });
    const { findings, where } =
      fix === true ? await mendFile(context, loaded, dryRun) : findingsOf(checkFile(loaded));
    context.answer(findings, () => findings.map((finding) => describeFinding(where, finding)).join('\n'));
    if (findings.length === 0) context.say(`${where.path}: right`);
    return findings.some(({ severity }) => severity !== 'advice') ? exitCodes.refused : exitCodes.done;
  } catch (error) {
    if (!(error instanceof ConfigFileError)) throw error;
    tellProblems(context, error, loaded ?? { path: file, document: undefined });
    if (fix !== true && loaded !== undefined && canMend(loaded))
      context.tell('--fix mends what breaks a rule here.');
    return exitCodes.wrong;
  }
}

function tellProblems(context: CommandContext, { problems, findings }: ConfigFileError, where: Where): void {
  context.answer([...problems, ...findings], () =>
    [...problems.map(formatWithExcerpt), ...findings.map((finding) => describeFinding(where, finding))].join(
      '\n',
    ),
  );
}

/** `pacs.yaml:12:5: warning: …  [dup-check-kind]` */
function describeFinding(file: Where, { rule, severity, path, message, mend: edits }: Finding): string {
  const { line, column } = placeProblem(file, { path, expected: '', actual: '' });
  const place = line === undefined ? file.path : `${file.path}:${line}:${String(column)}`;
  return `${place}: ${severity}: ${message} [${rule}${edits.length > 0 ? ', --fix mends it' : ''}]`;
}

function listRules(context: CommandContext): number {
  const rows = lintRules.map(({ id, severity, why }) => [id, severity, firstSentence(why)]);
  context.answer(lintRules, () => plainTable(['rule', 'severity', 'why'], rows));
  return exitCodes.done;
}

function explainRule(context: CommandContext, id: string): number {
  const rule = lintRules.find((each) => each.id === id);
  if (rule === undefined) {
    const nearest = nearestName(
      id,
      lintRules.map((each) => each.id),
    );
    const hint = nearest === undefined ? "'sluice check --rules' lists them" : `did you mean '${nearest}'?`;
    throw new SluiceError('SLUICE_ERR_NOT_FOUND', `No rule '${id}'; ${hint}`);
  }
  context.answer(rule, () => `${rule.id} (${rule.severity})\n\n${rule.why}`);
  return exitCodes.done;
}

function firstSentence(text: string): string {
  return /^.*?[.:](?= |$)/su.exec(text)?.[0] ?? text;
}
