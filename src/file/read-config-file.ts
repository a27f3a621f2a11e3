import { extname } from 'node:path';
import { OptionsError, type OptionProblem } from '../base/errors.ts';
import type { BalancerConfig } from '../config/balancer-config.ts';
import { readConfig } from '../config/read-config.ts';
import { placeProblem, type ConfigDocument, type ConfigFile } from './config-file.ts';
import { fileLimits, type FileLimits } from './file-limits.ts';
import type { TextFormat } from './file-node.ts';
import { ConfigFileError, problemAt, type FileProblem } from './file-problem.ts';
import { interpret } from './interpret.ts';
import { loadModule, type ImportModule } from './load-module.ts';
import { parseText, type PlacedProblem } from './parse-text.ts';
import { readBounded } from './read-bounded.ts';
import { readSecrets } from './secrets.ts';
import { SourceText } from './source-text.ts';
import type { Environment } from './variables.ts';

/** How a configuration file is read. */
export interface ReadFileOptions {
  /** What variables in it refer to. @default process.env */
  readonly environment?: Environment;
  /** @default fileLimits */
  readonly limits?: Partial<FileLimits>;
  /** How modules are loaded. @default import() */
  readonly importModule?: ImportModule;
}

/** What a file is, by the end of its name. */
const formats: Readonly<Record<string, TextFormat | 'module'>> = {
  '.json': 'json',
  '.yaml': 'yaml',
  '.yml': 'yaml',
  ...{ '.ts': 'module', '.mts': 'module', '.js': 'module', '.mjs': 'module', '.cjs': 'module' },
};

/**
 * Reads a configuration file, and makes nothing: JSON, YAML 1.2, or a module that exports a configuration. What kind it is
 * shows by the end of its name.
 *
 * @throws ConfigFileError with every problem, each with its line and column where there is a text
 */
export async function readConfigFile(path: string, options: ReadFileOptions = {}): Promise<ConfigFile> {
  const format = formats[extname(path).toLowerCase()];
  if (format === undefined) {
    throw failure(path, `a name that ends in ${Object.keys(formats).join(', ')}`, `'${extname(path)}'`);
  }
  if (format === 'module') {
    const { $schema: _, ...value } = await loadModule(path, options.importModule);
    return finish({ path, document: undefined }, value, []);
  }
  const content = await readBounded(path, limitsOf(options).maxBytes);
  if ('problem' in content) throw failure(path, 'a file that can be read', content.problem);
  const { text, isUtf8 } = content;
  if (isUtf8) return readConfigText(path, format, text, options);
  const problem = { path: '', expected: 'a text of UTF-8', actual: 'other bytes' };
  throw new ConfigFileError([problemAt(new SourceText(path, text), text.indexOf('\ufffd'), problem)]);
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
  const { environment = process.env } = options;
  const limits = limitsOf(options);
  const source = new SourceText(path, text);
  const { root, problems } = parseText(text, format, limits);
  if (root === undefined) throw new ConfigFileError(placed(source, problems));
  const { wantedSecrets } = interpret(root, { environment, secrets: new Map() });
  const secrets = await readSecrets(path, wantedSecrets, limits.maxSecretBytes);
  const meaning = interpret(root, { environment, secrets });
  const document = { format, source, root };
  return finish({ path, document }, meaning.value, placed(source, [...problems, ...meaning.problems]));
}

function limitsOf({ limits }: ReadFileOptions): FileLimits {
  return { ...fileLimits, ...limits };
}

/** Reads the options, and tells their problems together with those that were found before. */
function finish(
  file: { readonly path: string; readonly document: ConfigDocument | undefined },
  value: unknown,
  found: readonly FileProblem[],
): ConfigFile {
  let further: readonly OptionProblem[] = [];
  try {
    const config = readConfig(value);
    if (found.length === 0) return { ...file, value: value as BalancerConfig, config };
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    further = error.problems;
  }
  // What is known to be wrong with a value needs no second word.
  const known = new Set(found.map(({ path }) => path));
  const others = further.filter(({ path }) => !known.has(path)).map((problem) => placeProblem(file, problem));
  throw new ConfigFileError([...found, ...others]);
}

function placed(source: SourceText, problems: readonly PlacedProblem[]): readonly FileProblem[] {
  return problems.map(({ offset, ...problem }) => problemAt(source, offset, problem));
}

/** What is wrong with a file as a whole. */
function failure(file: string, expected: string, actual: string): ConfigFileError {
  return new ConfigFileError([{ file, path: '', expected, actual }]);
}
