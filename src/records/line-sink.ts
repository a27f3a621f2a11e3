import { write } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

/** What takes the bytes of lines. One call at a time. */
export interface LineSink {
  /** What was written may still be read later, so that its memory is not to be used again. @default false */
  readonly keepsBytes?: boolean;
  /** @returns how many it took; fewer than all where it has no room now. Rejects where it cannot take them. */
  write(bytes: Uint8Array): Promise<number>;
  /** Goes on in a new file of the same path. @throws Error of the system where that cannot be opened */
  reopen(): Promise<void>;
  close(): Promise<void>;
}

/** For the owner and a group of readers: it tells who was examined when. */
export const logFileMode = 0o640;

/** A file that is added to. It is opened with the first line. */
export class FileSink implements LineSink {
  readonly #path: string;
  #file: Promise<FileHandle> | undefined = undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async write(bytes: Uint8Array): Promise<number> {
    const file = await (this.#file ?? this.#open());
    const { bytesWritten } = await file.write(bytes);
    return bytesWritten;
  }

  /** The file may have another name by now: what is being written still goes there. */
  async reopen(): Promise<void> {
    const next = await open(this.#path, 'a', logFileMode);
    const before = this.#file;
    this.#file = Promise.resolve(next);
    await (await before)?.close();
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await (await file)?.close();
  }

  /** A failure is tried again with the next lines. */
  #open(): Promise<FileHandle> {
    const opening = open(this.#path, 'a', logFileMode);
    this.#file = opening;
    opening.catch(() => {
      if (this.#file === opening) this.#file = undefined;
    });
    return opening;
  }
}

/** Standard output, without the stream of Node.js: that would stop this process while nobody reads from a pipe. */
export const standardOutput: LineSink = {
  write: (bytes) =>
    new Promise((resolve, reject) => {
      write(1, bytes, (error, count) => {
        if (error === null) resolve(count);
        else if (error.code === 'EAGAIN') resolve(0);
        else reject(error);
      });
    }),
  reopen: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

/** A stream of somebody else's, who ends it. */
export function streamSink(stream: NodeJS.WritableStream): LineSink {
  // A reader that is gone (EPIPE) ends no process: what is written then is dropped, and counted.
  stream.on('error', () => undefined);
  return {
    // A stream may hand it to others.
    keepsBytes: true,
    write: (bytes) =>
      new Promise((resolve, reject) => {
        stream.write(bytes, (error) => {
          if (error === null || error === undefined) resolve(bytes.length);
          else reject(error);
        });
      }),
    reopen: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
