import { copyFile, link, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SluiceError } from '../base/errors.ts';
import { OptionReader } from '../base/options.ts';
import { removeLeftovers, syncFolder, temporaryName, writeAtomically } from '../runtime/atomic-file.ts';
import type { Runtime, Timer } from '../runtime/runtime.ts';
import { decodeSnapshot, generationIn } from './decode-snapshot.ts';
import { encodeSnapshot } from './encode-snapshot.ts';
import type { RestoreReport } from './restore-snapshot.ts';
import {
  readSnapshotFileOptions,
  type ResolvedSnapshotFileOptions,
  type SnapshotFileOptions,
} from './snapshot-file-options.ts';
import type { Snapshot } from './snapshot.ts';
import type { SnapshotPart } from './snapshot-parts.ts';
import { describeReport } from './describe-report.ts';

/** What a file keeps: a balancer. */
export interface SnapshotSource {
  /** @internal */
  readonly runtime: Runtime;
  /** @internal */
  snapshotParts(generation: number): AsyncIterable<SnapshotPart>;
  restore(snapshot: Snapshot): Promise<RestoreReport>;
}

/** What was found on the disk at first, and then what was written there. */
interface OnDisk {
  /** That of this process, beyond any that was found. */
  readonly generation: number;
  /** Whether the file is there and whole: only then it may take the place of the one before it. */
  readonly isWhole: boolean;
}

/**
 * Keeps what a balancer knows beside its configuration in a file, so that it is there again after a restart or a crash.
 * Whenever the process dies, there is a whole file.
 *
 * Call `restore` before the balancer starts, `start` after it, and `stop` before or after it stops.
 */
export class SnapshotFile {
  readonly options: ResolvedSnapshotFileOptions;
  readonly #balancer: SnapshotSource;
  readonly #previousPath: string;
  #onDisk: OnDisk | undefined = undefined;
  #isStarted = false;
  #timer: Timer | undefined = undefined;
  /** Writes come one after the other. */
  #writing: Promise<void> = Promise.resolve();

  /** @throws OptionsError with every wrong option */
  constructor(balancer: SnapshotSource, options: SnapshotFileOptions) {
    const reader = new OptionReader('snapshotFile', options);
    this.options = Object.freeze(readSnapshotFileOptions(reader));
    reader.finish();
    this.#balancer = balancer;
    this.#previousPath = `${this.options.path}.previous`;
  }

  /**
   * Gives the balancer what the file knows. A file that was cut or changed is refused, and the one before it is taken. The
   * log says what was restored, and what was refused and why.
   *
   * @returns what was restored; undefined where there is no whole file
   */
  async restore(): Promise<RestoreReport | undefined> {
    const { path } = this.options;
    const current = await this.#inspect();
    if (current !== undefined) return this.#giveBack(path, current);
    const previous = await this.#read(this.#previousPath);
    if (previous !== undefined) return this.#giveBack(this.#previousPath, previous);
    this.#log('info', `no snapshot to restore at ${path}`);
    return undefined;
  }

  /** Writes the file again and again from now on. Idempotent. The process may end meanwhile, where nothing else keeps it. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#schedule();
  }

  /** Writes the file once more, if it was started, and no more after that. A failure is in the log. Idempotent. */
  async stop(): Promise<void> {
    const wasStarted = this.#isStarted;
    this.#isStarted = false;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (wasStarted) await this.#writeOrLog();
    else await this.#writing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /**
   * Writes the file now, once those that are under way are written.
   *
   * @throws SluiceError `SLUICE_ERR_SNAPSHOT` where that fails; the file is as before then
   */
  write(): Promise<void> {
    const written = this.#writing.then(() => this.#write());
    this.#writing = written.catch(() => undefined);
    return written;
  }

  #schedule(): void {
    const { clock } = this.#balancer.runtime;
    const write = (): void => {
      this.#timer = undefined;
      void this.#writeOrLog().then(() => {
        if (this.#isStarted && this.#timer === undefined) this.#schedule();
      });
    };
    this.#timer = clock.schedule(this.options.intervalMs, write, true);
  }

  async #writeOrLog(): Promise<void> {
    try {
      await this.write();
    } catch (error) {
      this.#log('error', textOf(error));
    }
  }

  async #write(): Promise<void> {
    const { path } = this.options;
    try {
      if (this.#onDisk === undefined) await this.#inspect();
      const { generation = 1, isWhole = false } = this.#onDisk ?? {};
      if ((await generationOf(path)) > generation) throw new Error('a process that started later writes it');
      if (isWhole) await keepAs(path, this.#previousPath);
      await writeAtomically(path, encodeSnapshot(this.#balancer.snapshotParts(generation)));
      this.#onDisk = { generation, isWhole: true };
    } catch (error) {
      const message = `the snapshot ${path} cannot be written: ${textOf(error)}`;
      throw new SluiceError('SLUICE_ERR_SNAPSHOT', message, { cause: error });
    }
  }

  /** @returns what the file holds; undefined where there is none that is whole */
  async #inspect(): Promise<Snapshot | undefined> {
    const { path } = this.options;
    await removeLeftovers(path).catch(() => undefined);
    const current = await this.#read(path);
    const generations = await Promise.all([path, this.#previousPath].map(generationOf));
    this.#onDisk = { generation: Math.max(...generations) + 1, isWhole: current !== undefined };
    return current;
  }

  /** @returns undefined where there is none, or it is not whole, which the log says */
  async #read(path: string): Promise<Snapshot | undefined> {
    try {
      return await decodeSnapshot(await readFile(path), this.#balancer.runtime.clock);
    } catch (error) {
      if (!isMissing(error)) this.#log('error', `the snapshot ${path} is refused: ${textOf(error)}`);
      return undefined;
    }
  }

  async #giveBack(path: string, snapshot: Snapshot): Promise<RestoreReport> {
    const report = await this.#balancer.restore(snapshot);
    this.#log(
      'info',
      `restored the snapshot ${path} ${describeReport(report, this.#balancer.runtime.clock.wallMs())}`,
    );
    return report;
  }

  #log(level: 'info' | 'error', message: string): void {
    this.#balancer.runtime.log(level, message);
  }
}

/** Gives a file a second name, in place of what had that. There is a whole file of each name at any moment. */
async function keepAs(path: string, name: string): Promise<void> {
  const temporary = temporaryName(name);
  await rm(temporary, { force: true });
  // Not every file system has second names.
  await link(path, temporary).catch(() => copyFile(path, temporary));
  await rename(temporary, name);
  // The system leaves it where both were the same file already.
  await rm(temporary, { force: true });
  await syncFolder(dirname(path));
}

/** What a file says of itself, whole or not. @returns 0 where there is none */
async function generationOf(path: string): Promise<number> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return 0;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0);
    return generationIn(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
