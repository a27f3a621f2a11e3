import { ConfigFileError, formatFileProblem } from '../../../src/file/file-problem.ts';
import type { ConfigFile } from '../../../src/file/config-file.ts';
import type { TextFormat } from '../../../src/file/file-node.ts';
import type { ReadFileOptions } from '../../../src/file/load-config-file.ts';
import { readConfigText } from '../../../src/file/read-config-file.ts';

/** Reads a text as the file `pacs.yaml` or `pacs.json`. */
export function read(
  text: string,
  options: ReadFileOptions = {},
  format: TextFormat = 'yaml',
): Promise<ConfigFile> {
  return readConfigText(`pacs.${format}`, format, text, { environment: {}, ...options });
}

/** The error that something fails with. */
export async function failureOf(work: Promise<unknown>): Promise<ConfigFileError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ConfigFileError) return error;
    throw error;
  }
  throw new Error('nothing was wrong');
}

/** What is wrong with a text, a line each. */
export async function problemsOf(
  text: string,
  options: ReadFileOptions = {},
  format: TextFormat = 'yaml',
): Promise<readonly string[]> {
  return (await failureOf(read(text, options, format))).problems.map(formatFileProblem);
}

/** A configuration of one TCP service, with further lines of it. */
export function oneService(...lines: readonly string[]): string {
  const service = ['name: DICOM', 'mode: tcp', 'port: 104', 'servers: []', ...lines];
  return ['services:', ...service.map((line, index) => `${index === 0 ? '  - ' : '    '}${line}`), ''].join(
    '\n',
  );
}
