import { readFileSync, statSync } from 'node:fs';

/**
 * What a small file of the system says. It is read again once it has changed, and by this thread: the threads that
 * Node.js reads with may all be waiting for a name service.
 */
export class WatchedFile<T> {
  readonly #path: string;
  readonly #parse: (text: string) => T;
  #stamp = '';
  #content: T | undefined = undefined;

  constructor(path: string, parse: (text: string) => T) {
    this.#path = path;
    this.#parse = parse;
  }

  /** A file that cannot be read is an empty one. */
  read(): T {
    const stamp = stampOf(this.#path);
    if (this.#content === undefined || stamp !== this.#stamp) {
      this.#content = this.#parse(stamp === '' ? '' : textOf(this.#path));
      this.#stamp = stamp;
    }
    return this.#content;
  }
}

/** Differs where the content does. */
function stampOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? '' : `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
