import { formatProblem, OptionsError, type OptionProblem } from '../base/errors.ts';
import type { Finding } from '../base/finding.ts';
import { isSecretOption } from '../config/secret-options.ts';
import type { SourceText } from './source-text.ts';

/** One thing that is wrong with a configuration file, and where. */
export interface FileProblem extends OptionProblem {
  readonly file: string;
  /** From 1. Undefined where there is no text to point at: a module, or a file that cannot be read. */
  readonly line?: number;
  /** From 1, in UTF-16 code units. */
  readonly column?: number;
  /** The line, and under it a caret. Undefined as `line` is, and where the line may hold a secret. */
  readonly excerpt?: string;
}

/** A configuration file that is wrong: every problem of it, each with its place, and what else is worth a word. */
export class ConfigFileError extends OptionsError {
  override readonly name: string = 'ConfigFileError';
  override readonly problems: readonly FileProblem[];

  constructor(problems: readonly FileProblem[], findings: readonly Finding[] = []) {
    const inOrder = problems.toSorted(
      (a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
    );
    super(inOrder, findings, inOrder.map(formatFileProblem));
    this.problems = inOrder;
  }
}

/** `pacs.yaml:12:9: services[1].port: expected an integer from 1 to 65535, got "10x4" (string)` */
export function formatFileProblem(problem: FileProblem): string {
  const { file, line, column, path } = problem;
  const place = line === undefined || column === undefined ? file : `${file}:${line}:${column}`;
  const what = path === '' ? `expected ${problem.expected}, got ${problem.actual}` : formatProblem(problem);
  return `${place}: ${what}`;
}

/** The same for a terminal: with the excerpt below, where there is one. */
export function formatWithExcerpt(problem: FileProblem): string {
  const indented = problem.excerpt?.replaceAll(/^/gmu, '  ');
  return indented === undefined ? formatFileProblem(problem) : `${formatFileProblem(problem)}\n${indented}`;
}

/** A line that may hold a secret, whatever the problem is about. */
const secretLine = /secret|password|authorization/iu;

/** A problem of one option, without the value where that may be a secret. */
export function withoutSecret(problem: OptionProblem): OptionProblem {
  return isSecretOption(problem.path) ? { ...problem, actual: 'a value that is not shown' } : problem;
}

/** A problem at an offset of a text. */
export function problemAt(source: SourceText, offset: number, problem: OptionProblem): FileProblem {
  const placed = { ...problem, file: source.file, ...source.positionAt(offset) };
  const excerpt = source.excerptAt(offset);
  if (!isSecretOption(problem.path) && !secretLine.test(excerpt)) return { ...placed, excerpt };
  // A mistake of form, which is about no option, shows what stands there.
  return problem.path === '' ? { ...placed, actual: 'something else' } : placed;
}
