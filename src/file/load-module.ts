import { realpath, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe } from '../base/wording.ts';
import { ConfigFileError, type FileProblem } from './file-problem.ts';

/** Loads a module by its URL, as `import()` does. */
export type ImportModule = (url: string) => Promise<object>;

const importModule: ImportModule = (url) => import(url) as Promise<object>;

const typescriptAdvice =
  'a Node.js that reads TypeScript: 22.18 or later; with an earlier one, run it with `--import tsx`, or write the module in JavaScript (.mjs)';

/**
 * The configuration that a module exports by default: itself, or a function or a promise of one. A module that has changed
 * is loaded anew; what it imports is not.
 *
 * @throws ConfigFileError where there is none
 */
export async function loadModule(
  file: string,
  load: ImportModule = importModule,
): Promise<{ readonly $schema?: unknown }> {
  const path = resolve(file);
  const url = pathToFileURL(path).href;
  try {
    const { mtimeMs } = await stat(path);
    // CommonJS modules are remembered by their path alone.
    Reflect.deleteProperty(createRequire(url).cache, await realpath(path));
    const exported: unknown = await Reflect.get(await load(`${url}?changed=${mtimeMs}`), 'default');
    const config: unknown = typeof exported === 'function' ? await (exported as () => unknown)() : exported;
    if (typeof config === 'object' && config !== null) return config;
    const expected = 'a default export that is a configuration, or a function or a promise of one';
    throw new ConfigFileError([{ file, path: '', expected, actual: describe(config) }]);
  } catch (error) {
    throw error instanceof ConfigFileError ? error : new ConfigFileError([explain(file, path, error)]);
  }
}

function explain(file: string, path: string, error: unknown): FileProblem {
  const { code, message, stack = '' } = Object(error) as Partial<NodeJS.ErrnoException>;
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION' && /\.m?ts$/u.test(file)) {
    return { file, path: '', expected: typescriptAdvice, actual: `Node.js ${process.versions.node}` };
  }
  const problem = {
    file,
    path: '',
    expected: 'a module that can be loaded',
    actual: `an error: ${message ?? describe(error)}`,
  };
  // Where the error was thrown, or the syntax is wrong, if that is in this file.
  const [, rest = ''] = stack.split(path, 2);
  const [, line, column = '1'] = /^(?:\?[^:\s]*)?:(\d+)(?::(\d+))?/u.exec(rest) ?? [];
  return line === undefined ? problem : { ...problem, line: Number(line), column: Number(column) };
}
