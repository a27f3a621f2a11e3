import type { Stats } from 'node:fs';
import { open, readdir, readlink, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

/** What a file is to hold, whole or piece by piece. */
export type FileContent = string | Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** How a file is written. */
export interface AtomicWriteOptions {
  /** Permissions of a file that was not there before. One that was there keeps its own. @default 0o600 */
  readonly mode?: number;
}

/** Links to links, as Linux counts them before it gives up (`ELOOP`). */
const maxLinks = 40;

let lastWrite = 0;

/**
 * Replaces a file whole: a reader finds all of the old content or all of the new one, also after a crash or a power cut at
 * any moment. The content is on the disk when this resolves. Permissions and owner stay as they were. A symbolic link
 * stays one, and the file behind it is replaced. A hard link of the file keeps the old content.
 *
 * The content is written to a temporary file beside it, named after the process. A process that is killed leaves that
 * behind.
 *
 * @throws Error of `node:fs`, also where the owner cannot be kept, and whatever the content throws; the file is as it was
 * then, unless the folder could not be written to the disk after the replacement
 */
export async function writeAtomically(
  path: string,
  content: FileContent,
  { mode = 0o600 }: AtomicWriteOptions = {},
): Promise<void> {
  const place = await resolvedPath(path);
  const temporary = temporaryName(place);
  try {
    await writeThrough(temporary, content, (file) => takeAfter(file, place, mode));
    await rename(temporary, place);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(place));
}

/** Where a file is until it is whole: each write of each process has a name of its own. */
export function temporaryName(path: string): string {
  lastWrite += 1;
  return `${path}.${process.pid}.${lastWrite}.tmp`;
}

/** Removes what processes that were killed while they wrote a file, or others of its family, have left behind. */
export async function removeLeftovers(path: string): Promise<void> {
  const folder = dirname(path);
  const names = (await readdir(folder)).filter((name) => name.startsWith(`${basename(path)}.`));
  for (const name of names) {
    const [, pid] = /\.(\d+)\.\d+\.tmp$/u.exec(name) ?? [];
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
  // Windows has no way to ask for it.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeThrough(
  path: string,
  content: FileContent,
  beforeLast: (file: FileHandle) => Promise<void>,
): Promise<void> {
  // A process of the same number may have left one behind.
  await rm(path, { force: true });
  const handle = await open(path, 'wx', 0o600);
  try {
    const isOne = typeof content === 'string' || content instanceof Uint8Array;
    // On an open file it goes on where the last piece ended.
    for await (const piece of isOne ? [content] : content) await handle.writeFile(piece);
    await beforeLast(handle);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Where links lead, also to a file that is not there yet. */
async function resolvedPath(path: string): Promise<string> {
  let place = path;
  for (let link = 0; link < maxLinks; link++) {
    try {
      return await realpath(place);
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
    }
    try {
      place = resolve(dirname(place), await readlink(place));
    } catch (error) {
      if (!hasCode(error, 'ENOENT', 'EINVAL')) throw error;
      return place;
    }
  }
  return place;
}

/** Gives a file the owner and the permissions of the one that it will replace. */
async function takeAfter(file: FileHandle, place: string, mode: number): Promise<void> {
  const [own, previous] = await Promise.all([file.stat(), statIfThere(place)]);
  if (previous === undefined) {
    await file.chmod(mode);
    return;
  }
  if (own.uid !== previous.uid || own.gid !== previous.gid) await file.chown(previous.uid, previous.gid);
  // After the owner: a change of owner takes the bits away that would give its rights to others.
  await file.chmod(previous.mode & 0o7777);
}

async function statIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException).code ?? '');
}
