import { createHash, timingSafeEqual } from 'node:crypto';
import { open } from 'node:fs/promises';
import { SluiceError } from '../../base/errors.ts';
import { writeAtomically } from '../../runtime/atomic-file.ts';
import { readUserFile, type Token, type User, type UserFile } from './user-file.ts';

/** More would be no users file but a mistake. */
const maxBytes = 4 * 1024 * 1024;

/** Users and tokens, in a file that its owner alone may read. What is changed is on the disk before it counts. */
export class UserStore {
  readonly #path: string;
  #file: UserFile;
  /** Changes run one after the other. */
  #changing: Promise<unknown> = Promise.resolve();

  private constructor(path: string, file: UserFile) {
    this.#path = path;
    this.#file = file;
  }

  /**
   * A file that is not there has no users.
   *
   * @throws SluiceError `SLUICE_ERR_PERMISSION` where others may read it
   * @throws OptionsError where it is wrong
   */
  static async open(path: string): Promise<UserStore> {
    const text = await readPrivate(path);
    return new UserStore(path, text === undefined ? { users: [], tokens: [] } : readUserFile(text));
  }

  get users(): readonly User[] {
    return this.#file.users;
  }

  get tokens(): readonly Token[] {
    return this.#file.tokens;
  }

  user(name: string): User | undefined {
    return this.users.find((user) => user.name === name);
  }

  /** @param text as a script sent it */
  token(text: string): Token | undefined {
    const hash = Buffer.from(hashOfToken(text));
    return this.tokens.find((token) => timingSafeEqual(Buffer.from(token.hash), hash));
  }

  /**
   * Changes the file. What `change` throws changes nothing.
   *
   * @throws Error of `node:fs` where it cannot be written
   */
  change(change: (file: UserFile) => UserFile): Promise<void> {
    const changed = this.#changing.then(async () => {
      const next = change(this.#file);
      await writeAtomically(this.#path, `${JSON.stringify(next, null, 2)}\n`);
      this.#file = next;
    });
    this.#changing = changed.catch(() => undefined);
    return changed;
  }
}

/** What is kept of a token: {@link Token.hash}. */
export function hashOfToken(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** @returns undefined where there is no such file */
async function readPrivate(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, 'r');
    try {
      const { mode, size } = await file.stat();
      if ((mode & 0o077) !== 0 && process.platform !== 'win32') throw openToOthers(path);
      return size > maxBytes ? '' : await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function openToOthers(path: string): SluiceError {
  return new SluiceError(
    'SLUICE_ERR_PERMISSION',
    `Others may read ${path}; make it private: chmod 600 ${path}`,
  );
}
