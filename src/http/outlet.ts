import type { Connection } from '../engine/engine.ts';

/** A piece up to this size joins what is gathered already: copying it costs less than a second write. */
const maxJoinedBytes = 32_768;
/** A piece up to this size is worth gathering first, as something may follow. */
const maxFirstBytes = 4_096;

/**
 * Gathers what one call sends to one connection, so that a head and a small body, or many small chunks, leave
 * in one write. One for the whole service: opened and closed within a call, never left open.
 */
export class Outlet {
  /** Heads are written straight to its start, after `open`; then `length` is set. */
  readonly buffer: Buffer;
  length = 0;
  #to: Connection | undefined;
  #isFlowing = true;

  constructor(size: number) {
    this.buffer = Buffer.allocUnsafeSlow(size);
  }

  open(to: Connection): void {
    this.#to = to;
    this.#isFlowing = true;
    this.length = 0;
  }

  /** Sends bytes `start` to `end` after what was put before. Hot path. */
  put(bytes: Buffer, start: number, end: number): void {
    const length = end - start;
    const isJoined = length <= (this.length === 0 ? maxFirstBytes : maxJoinedBytes);
    if (isJoined && this.length + length <= this.buffer.length) {
      bytes.copy(this.buffer, this.length, start, end);
      this.length += length;
      return;
    }
    this.flush();
    this.#write(bytes, start, end);
  }

  /** Makes room for `length` bytes, to be written at `length` of `buffer`. */
  reserve(length: number): void {
    if (this.length + length > this.buffer.length) this.flush();
  }

  flush(): void {
    if (this.length > 0) this.#write(this.buffer, 0, this.length);
    this.length = 0;
  }

  /** Sends the rest. @returns false where the connection had to keep something: wait for its `onDrain` */
  close(): boolean {
    this.flush();
    this.#to = undefined;
    return this.#isFlowing;
  }

  #write(bytes: Buffer, start: number, end: number): void {
    if (this.#to?.write(bytes, start, end) === false) this.#isFlowing = false;
  }
}
