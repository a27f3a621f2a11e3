import type { Clock, Timer } from '../runtime/runtime.ts';
import type { LineSink } from './line-sink.ts';

/** So much waits no longer for more. */
const batchBytes = 65_536;
/** How long `close` waits for a sink that takes nothing. */
const closeMs = 2_000;
const newline = 10;

export interface LineWriterOptions {
  readonly maxBufferedBytes: number;
  readonly flushIntervalMs: number;
}

/**
 * Writes lines together, one write at a time. What the sink does not take fast enough waits, up to a limit; lines beyond
 * are dropped. Never throws.
 */
export class LineWriter {
  /** Lines that were not written: there was no room for them, or the sink failed. */
  droppedTotal = 0;
  readonly #sink: LineSink;
  readonly #options: LineWriterOptions;
  readonly #clock: Clock;
  readonly #onDrop: (reason: string) => void;
  #lines: string[] = [];
  /** Of the lines that wait, and of all that is not written. */
  #waitingBytes = 0;
  #bufferedBytes = 0;
  #timer: Timer | undefined = undefined;
  #writing: Promise<void> | undefined = undefined;
  /** The sink has only a part of the last line that it took. */
  #isMidLine = false;

  /** @param onDrop told of each drop, with its reason, and maybe very often */
  constructor(sink: LineSink, options: LineWriterOptions, clock: Clock, onDrop: (reason: string) => void) {
    this.#sink = sink;
    this.#options = options;
    this.#clock = clock;
    this.#onDrop = onDrop;
  }

  /** @param line without its end */
  add(line: string): void {
    const size = Buffer.byteLength(line) + 1;
    if (this.#bufferedBytes + size > this.#options.maxBufferedBytes) {
      this.#dropped(1, 'the reader is too slow');
      return;
    }
    this.#lines.push(`${line}\n`);
    this.#waitingBytes += size;
    this.#bufferedBytes += size;
    if (this.#waitingBytes >= batchBytes) void this.flush();
    else this.#timer ??= this.#clock.schedule(this.#options.flushIntervalMs, () => void this.flush(), true);
  }

  /** Resolves when what waits now was written, or dropped. */
  flush(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  /** @throws Error of the system where the file cannot be opened */
  async reopen(): Promise<void> {
    await this.flush();
    await this.#sink.reopen();
  }

  /** Writes what waits, for as long as the sink takes it. */
  async close(): Promise<void> {
    const closing = this.flush().then(() => this.#sink.close());
    await new Promise<void>((resolve) => {
      const limit = this.#clock.schedule(closeMs, resolve, true);
      const end = (): void => {
        limit.cancel();
        resolve();
      };
      closing.then(end, end);
    });
  }

  async #writeAll(): Promise<void> {
    while (this.#lines.length > 0) {
      const batch = Buffer.from((this.#isMidLine ? '\n' : '') + this.#lines.join(''));
      const size = this.#waitingBytes;
      this.#lines = [];
      this.#waitingBytes = 0;
      await this.#write(batch);
      this.#bufferedBytes -= size;
    }
  }

  async #write(batch: Buffer): Promise<void> {
    let rest = batch;
    try {
      while (rest.length > 0) {
        const taken = await this.#sink.write(rest);
        rest = rest.subarray(taken);
        if (taken === 0) await this.#pause();
      }
      this.#isMidLine = false;
    } catch (error) {
      const at = batch.length - rest.length;
      // Where nothing was taken, what would have ended the half line is no line that is lost.
      const lost = linesIn(rest) - (at === 0 && this.#isMidLine ? 1 : 0);
      if (at > 0) this.#isMidLine = batch[at - 1] !== newline;
      this.#dropped(lost, error instanceof Error ? error.message : String(error));
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.schedule(this.#options.flushIntervalMs, resolve, true);
    });
  }

  #dropped(count: number, reason: string): void {
    this.droppedTotal += count;
    this.#onDrop(reason);
  }
}

function linesIn(bytes: Buffer): number {
  return bytes.reduce((count, byte) => count + (byte === newline ? 1 : 0), 0);
}
