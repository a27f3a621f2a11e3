import type { Clock, Timer } from '../runtime/runtime.ts';
import { TextBlock } from '../base/text-block.ts';
import type { LineSink } from './line-sink.ts';

/** So much waits no longer for more: it is written at once. A write of a quarter of it costs as much time again. */
const mostBlockBytes = 262_144;
/** Some of them fit into what may wait, so that one fills while another is written. */
const blocksBuffered = 4;
/** How long `close` waits for a sink that takes nothing. */
const closeMs = 2_000;
const newline = 10;
/** The first byte of a block is for the end of a line that was cut. */
const firstLine = 1;

export interface LineWriterOptions {
  readonly maxBufferedBytes: number;
  readonly flushIntervalMs: number;
}

/**
 * Writes lines together, one write at a time. What the sink does not take fast enough waits, up to a limit; lines beyond
 * are dropped. Never throws.
 *
 * Lines are put into blocks. A block is written when the next line might have no room in it, or when the interval is over.
 */
export class LineWriter {
  /** Lines that were not written: there was no room for them, or the sink failed. */
  droppedTotal = 0;
  readonly #sink: LineSink;
  readonly #options: LineWriterOptions;
  readonly #clock: Clock;
  readonly #onDrop: (reason: string) => void;
  readonly #blockBytes: number;
  #block: TextBlock;
  /** Where the line begins that is being put into the block. */
  #lineStart = firstLine;
  /** Full ones that wait, the oldest first. */
  readonly #full: TextBlock[] = [];
  /** One that was written, to be used again. */
  #spare: TextBlock | undefined = undefined;
  /** Of all that is not written. */
  #bufferedBytes = 0;
  #timer: Timer | undefined = undefined;
  #writing: Promise<void> | undefined = undefined;
  /** The block is to be written, full or not. */
  #isFlushDue = false;
  /** The sink has only a part of the last line that it took. */
  #isMidLine = false;

  /** @param onDrop told of each drop, with its reason, and maybe very often */
  constructor(sink: LineSink, options: LineWriterOptions, clock: Clock, onDrop: (reason: string) => void) {
    this.#sink = sink;
    this.#options = options;
    this.#clock = clock;
    this.#onDrop = onDrop;
    this.#blockBytes = Math.min(mostBlockBytes, Math.ceil(options.maxBufferedBytes / blocksBuffered));
    this.#block = this.#emptyBlock();
  }

  /** Where to put a line, its end included, which may have so many bytes. `added` must follow at once. Hot path. */
  begin(mostBytes: number): TextBlock {
    if (this.#block.room < mostBytes) this.#nextBlock(mostBytes);
    this.#lineStart = this.#block.end;
    return this.#block;
  }

  /** The line is whole. Hot path. */
  added(): void {
    const block = this.#block;
    const size = block.end - this.#lineStart;
    if (this.#bufferedBytes + size > this.#options.maxBufferedBytes) {
      block.end = this.#lineStart;
      this.#dropped(1, 'the reader is too slow');
      return;
    }
    this.#bufferedBytes += size;
    this.#timer ??= this.#clock.schedule(this.#options.flushIntervalMs, () => void this.flush(), true);
  }

  /** Resolves when what waits now was written, or dropped. */
  flush(): Promise<void> {
    this.#isFlushDue = true;
    return this.#write();
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

  #nextBlock(mostBytes: number): void {
    if (this.#block.end > firstLine) {
      this.#full.push(this.#block);
      void this.#write();
    }
    this.#block = this.#emptyBlock(mostBytes);
  }

  #emptyBlock(mostBytes = 0): TextBlock {
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare !== undefined && spare.room >= mostBytes) return spare;
    return new TextBlock(Math.max(this.#blockBytes, 2 * mostBytes), firstLine);
  }

  #write(): Promise<void> {
    this.#writing ??= this.#writeAll();
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    // `#writing` is set first, also where there is nothing to write.
    await Promise.resolve();
    for (let block = this.#nextDue(); block !== undefined; block = this.#nextDue()) {
      const size = block.end - firstLine;
      await this.#writeBlock(block);
      this.#bufferedBytes -= size;
      block.end = firstLine;
      if (this.#sink.keepsBytes !== true && block.bytes.length === this.#blockBytes) this.#spare = block;
    }
    this.#writing = undefined;
  }

  #nextDue(): TextBlock | undefined {
    const full = this.#full.shift();
    if (full !== undefined || !this.#isFlushDue) return full;
    this.#isFlushDue = false;
    this.#timer?.cancel();
    this.#timer = undefined;
    const block = this.#block;
    if (block.end === firstLine) return undefined;
    this.#block = this.#emptyBlock();
    return block;
  }

  async #writeBlock({ bytes, end }: TextBlock): Promise<void> {
    bytes[0] = newline;
    const batch = bytes.subarray(this.#isMidLine ? 0 : firstLine, end);
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
