import { appendBytes, copyBytes } from './output.ts';

/**
 * Copies a head from one buffer to another, without the gaps: what stays between two gaps is copied at once. Gaps
 * come in their order. One object serves all heads, each within one call.
 */
export class HeadCopy {
  /** Where the next byte goes in `out`. */
  position = 0;
  #out = none;
  #bytes = none;
  /** Where the present run of bytes that stay began. */
  #kept = 0;

  /** What comes next in `bytes` from `start` on goes to `position` in `out`. */
  begin(out: Buffer, position: number, bytes: Buffer, start: number): void {
    this.position = position;
    this.#out = out;
    this.#bytes = bytes;
    this.#kept = start;
  }

  /** Leaves bytes `start` to `end` out. Hot path. */
  leaveOut(start: number, end: number): void {
    this.copyUntil(start);
    this.#kept = end;
  }

  /** Copies what is left up to `end`. Hot path. */
  copyUntil(end: number): void {
    this.position = copyBytes(this.#out, this.position, this.#bytes, this.#kept, end);
    this.#kept = end;
  }

  /** Adds bytes `start` to `end`, wherever in the head they are, where the last gap was. */
  appendRange(start: number, end: number): void {
    this.position = copyBytes(this.#out, this.position, this.#bytes, start, end);
  }

  /** Adds `piece`, which is not of the head, where the last gap was. Hot path. */
  append(piece: Buffer): void {
    this.position = appendBytes(this.#out, this.position, piece);
  }
}

const none: Buffer = Buffer.alloc(0);
