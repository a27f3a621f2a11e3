import { dirname, resolve } from 'node:path';
import { readBounded } from './read-bounded.ts';

/** What a reference to a file with a secret came to. */
export type Secret = { readonly text: string } | { readonly problem: string };

/**
 * Reads files that hold secrets.
 *
 * @param files as the configuration states them: relative to its folder
 */
export async function readSecrets(
  configPath: string,
  files: Iterable<string>,
  maxBytes: number,
): Promise<ReadonlyMap<string, Secret>> {
  const reads = [...files].map(async (file) => {
    return [file, await readSecret(resolve(dirname(configPath), file), maxBytes)] as const;
  });
  return new Map(await Promise.all(reads));
}

async function readSecret(path: string, maxBytes: number): Promise<Secret> {
  const content = await readBounded(path, maxBytes);
  if ('problem' in content) return { problem: `${path}, ${content.problem}` };
  if (!content.isUtf8) return { problem: `${path}, which is no text of UTF-8` };
  // One line break at the end is that of an editor, and no part of the secret.
  return { text: content.text.replace(/\r?\n$/u, '') };
}
