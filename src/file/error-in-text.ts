import type { Finding } from '../base/finding.ts';
import { ConfigFileError, problemAt } from './file-problem.ts';
import type { PlacedProblem } from './parse-text.ts';
import type { SourceText } from './source-text.ts';

/**
 * The error of a text. Only the problems that it tells are looked up in the text: there may be one with each of a hundred
 * thousand values.
 *
 * @param maxProblems the first in the text are told
 */
export function errorInText(
  source: SourceText,
  problems: readonly PlacedProblem[],
  maxProblems: number,
  findings: readonly Finding[] = [],
): ConfigFileError {
  const first = problems.toSorted((a, b) => a.offset - b.offset).slice(0, maxProblems);
  const told = first.map(({ offset, ...problem }) => problemAt(source, offset, problem));
  if (problems.length <= maxProblems) return new ConfigFileError(told, findings);
  const expected = `no more problems than the ${maxProblems} that are told`;
  const actual = `${problems.length - maxProblems} more`;
  return new ConfigFileError([{ file: source.file, path: '', expected, actual }, ...told], findings);
}
