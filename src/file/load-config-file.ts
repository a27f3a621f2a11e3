import { extname } from 'node:path';
import type { ConfigDocument } from './config-file.ts';
import { fileLimits, type FileLimits } from './file-limits.ts';
import type { TextFormat } from './file-node.ts';
import { errorInText } from './error-in-text.ts';
import { ConfigFileError, problemAt } from './file-problem.ts';
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

/** A configuration file whose form is right. */
export interface LoadedFile {
  readonly path: string;
  /** Undefined for a module. */
  readonly document: ConfigDocument | undefined;
  /** What readers of options take. */
  readonly value: unknown;
  /** What is wrong with its variables, units and secrets. None in a module. */
  readonly problems: readonly PlacedProblem[];
  readonly limits: FileLimits;
}

/** What a file is, by the end of its name. */
const formats: Readonly<Record<string, TextFormat | 'module'>> = {
  '.json': 'json',
  '.yaml': 'yaml',
  '.yml': 'yaml',
  ...{ '.ts': 'module', '.mts': 'module', '.js': 'module', '.mjs': 'module', '.cjs': 'module' },
};

/**
 * Loads a configuration file: JSON, YAML 1.2, or a module that exports a configuration. What kind it is shows by the end of
 * its name. Options are not looked at.
 *
 * @throws ConfigFileError for a file that cannot be read, and where its form is wrong
 */
export async function loadConfigFile(path: string, options: ReadFileOptions): Promise<LoadedFile> {
  const format = formats[extname(path).toLowerCase()];
  if (format === undefined) {
    throw failure(path, `a name that ends in ${Object.keys(formats).join(', ')}`, `'${extname(path)}'`);
  }
  if (format === 'module') {
    const { $schema: _, ...value } = await loadModule(path, options.importModule);
    return { path, document: undefined, value, problems: [], limits: limitsOf(options) };
  }
  const content = await readBounded(path, limitsOf(options).maxBytes);
  if ('problem' in content) throw failure(path, 'a file that can be read', content.problem);
  const { text, isUtf8 } = content;
  if (isUtf8) return loadConfigText(path, format, text, options);
  const problem = { path: '', expected: 'a text of UTF-8', actual: 'other bytes' };
  throw new ConfigFileError([problemAt(new SourceText(path, text), text.indexOf('\ufffd'), problem)]);
}

/** As `loadConfigFile`, of the text of a file, which need not be there yet. */
export async function loadConfigText(
  path: string,
  format: TextFormat,
  text: string,
  options: ReadFileOptions,
): Promise<LoadedFile> {
  const { environment = process.env } = options;
  const limits = limitsOf(options);
  const source = new SourceText(path, text);
  const { root, problems } = parseText(text, format, limits);
  if (root === undefined) throw errorInText(source, problems, limits.maxProblems);
  const { wantedSecrets } = interpret(root, { environment, secrets: new Map() });
  const secrets = await readSecrets(path, wantedSecrets, limits.maxSecretBytes);
  const { value, problems: further } = interpret(root, { environment, secrets });
  const document = { format, source, root };
  return { path, document, value, problems: [...problems, ...further], limits };
}

function limitsOf({ limits }: ReadFileOptions): FileLimits {
  return { ...fileLimits, ...limits };
}

/** What is wrong with a file as a whole. */
function failure(file: string, expected: string, actual: string): ConfigFileError {
  return new ConfigFileError([{ file, path: '', expected, actual }]);
}
