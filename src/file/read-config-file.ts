import { dirname } from 'node:path';
import { OptionsError, type OptionProblem } from '../base/errors.ts';
import { OptionReader } from '../base/options.ts';
import { placeProblem, type ConfigFile } from './config-file.ts';
import type { TextFormat } from './file-node.ts';
import { ConfigFileError, withoutSecret } from './file-problem.ts';
import { errorInText } from './error-in-text.ts';
import { loadConfigFile, loadConfigText, type LoadedFile, type ReadFileOptions } from './load-config-file.ts';
import { offsetOfProblem } from './option-place.ts';
import { readControl, type ResolvedRunOptions } from './run-options.ts';
import { readStatedOptions } from './stated-options.ts';

/**
 * Reads a configuration file, and makes nothing: JSON, YAML 1.2, or a module that exports a configuration. What kind it is
 * shows by the end of its name.
 *
 * @throws ConfigFileError with every problem, each with its line and column where there is a text
 */
export async function readConfigFile(path: string, options: ReadFileOptions = {}): Promise<ConfigFile> {
  return checkFile(await loadConfigFile(path, options));
}

/**
 * Reads the text of a configuration file, which need not be there yet.
 *
 * @param path files with secrets are looked for relative to its folder
 * @throws ConfigFileError as `readConfigFile`
 */
export async function readConfigText(
  path: string,
  format: TextFormat,
  text: string,
  options: ReadFileOptions = {},
): Promise<ConfigFile> {
  return checkFile(await loadConfigText(path, format, text, options));
}

/**
 * Reads where a configuration file has the control socket, for those who give orders: whatever else is wrong with it, such
 * as variables that only the balancer has, or a mistake that somebody makes meanwhile.
 *
 * @throws ConfigFileError where its form is wrong, or what it states of the control socket
 */
export async function readControlOf(
  path: string,
  options: ReadFileOptions = {},
): Promise<ResolvedRunOptions['control']> {
  const file = await loadConfigFile(path, options);
  const reader = new OptionReader('', file.value);
  const control = readControl(reader, dirname(path));
  const isConcerned = ({ path: at }: OptionProblem): boolean => /^control(?:\.|$)/u.test(at);
  const [problems, further] = [file.problems.filter(isConcerned), reader.problems.filter(isConcerned)];
  if (problems.length + further.length > 0) throw errorOf({ ...file, problems }, { problems: further });
  return control;
}

/**
 * Reads the options, and tells their problems together with those that were found before.
 *
 * @throws ConfigFileError with every problem, and with what else is worth a word
 */
export function checkFile(file: LoadedFile): ConfigFile {
  const { path, document, value, problems } = file;
  let further: Further = { problems: [] };
  try {
    const stated = readStatedOptions(value, dirname(path));
    if (problems.length === 0) return { path, document, ...stated };
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    further = error;
  }
  throw errorOf(file, further);
}

/** What reading the options found. */
type Further = Pick<OptionsError, 'problems'> & Partial<Pick<OptionsError, 'findings'>>;

/** What is known to be wrong with a value needs no second word. */
function errorOf(file: LoadedFile, further: Further): ConfigFileError {
  const { document, problems, limits } = file;
  const known = new Set(problems.map(({ path }) => path));
  const others = further.problems.filter(({ path }) => !known.has(path));
  if (document === undefined)
    return new ConfigFileError(
      others.map((problem) => placeProblem(file, problem)),
      further.findings,
    );
  const placed = others.map((problem) => {
    return { ...withoutSecret(problem), offset: offsetOfProblem(document.root, problem) };
  });
  return errorInText(document.source, [...problems, ...placed], limits.maxProblems, further.findings);
}
