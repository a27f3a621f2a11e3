import { readFile } from 'node:fs/promises';
import { SluiceError } from '../base/errors.ts';
import { writeAtomically } from '../runtime/atomic-file.ts';
import type { ConfigEdit } from './config-edit.ts';
import type { ConfigDocument, ConfigFile } from './config-file.ts';
import { editText } from './edit-text.ts';
import { fileLimits } from './file-limits.ts';
import { ConfigFileError } from './file-problem.ts';
import type { LoadedFile, ReadFileOptions } from './load-config-file.ts';
import { readConfigText } from './read-config-file.ts';

/** The part of a file that can be changed. */
type Documented = Pick<LoadedFile, 'path' | 'document'>;

/**
 * A configuration file with some values changed. Its comments, and the text of all other values, stay. Nothing is written.
 *
 * @param edits one after the other
 * @throws ConfigFileError for a module, for an edit that cannot be made, and for a configuration that would be wrong
 */
export async function editConfigFile(
  file: Documented,
  edits: readonly ConfigEdit[],
  options: ReadFileOptions = {},
): Promise<ConfigFile> {
  const document = documentOf(file);
  const text = editText(document, edits, { ...fileLimits, ...options.limits });
  return readConfigText(file.path, document.format, text, options);
}

/**
 * Writes an edited configuration file: whole or not at all, with permissions and owner as they were, through a symbolic
 * link.
 *
 * @param edited what is written
 * @param read what it was made of
 * @throws SluiceError `SLUICE_ERR_STATE` where somebody else has changed the file since it was read
 * @throws Error of `node:fs`
 */
export async function saveConfigFile(edited: ConfigFile, read: Documented): Promise<void> {
  const { path } = edited;
  if ((await readFile(path, 'utf8')) !== documentOf(read).source.text) {
    throw new SluiceError('SLUICE_ERR_STATE', `${path} has changed since it was read: read it again`);
  }
  await writeAtomically(path, documentOf(edited).source.text);
}

function documentOf({ path, document }: Documented): ConfigDocument {
  if (document !== undefined) return document;
  const expected = 'a file of JSON or YAML to change';
  throw new ConfigFileError([
    { file: path, path: '', expected, actual: 'a module, which only people can change' },
  ]);
}
