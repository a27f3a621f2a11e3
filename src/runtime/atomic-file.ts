import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** What a file is to hold, whole or piece by piece. */
export type FileContent = string | Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

export interface AtomicFileOptions {
  /** Who may read and write it. @default 0o600 */
  readonly mode?: number;
}

/**
 * Writes a file so that there is always a whole one, whenever the process or the machine dies: the old one until all of
 * the new one is on the disk, and then the new one.
 *
 * The content is written to a temporary file beside it, named after the process. A process that is killed leaves that
 * behind.
 *
 * @throws what the system says, or what the content throws; the old file is as before then
 */
export async function writeAtomically(
  path: string,
  content: FileContent,
  { mode = 0o600 }: AtomicFileOptions = {},
): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await writeThrough(temporary, content, mode);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Where a file is until it is whole: each process has a name of its own. */
export function temporaryName(path: string): string {
  return `${path}.${process.pid}.tmp`;
}

/** Removes what processes that were killed while they wrote a file, or others of its family, have left behind. */
export async function removeLeftovers(path: string): Promise<void> {
  const folder = dirname(path);
  const names = (await readdir(folder)).filter((name) => name.startsWith(`${basename(path)}.`));
  for (const name of names) {
    const [, pid] = /\.(\d+)\.tmp$/u.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(folder, name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It is there, and another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Has the names in a folder on the disk as well: without it, a new name may be lost with the power. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeThrough(path: string, content: FileContent, mode: number): Promise<void> {
  const handle = await open(path, 'w', mode);
  try {
    const isOne = typeof content === 'string' || content instanceof Uint8Array;
    // On an open file it goes on where the last piece ended.
    for await (const piece of isOne ? [content] : content) await handle.writeFile(piece);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
