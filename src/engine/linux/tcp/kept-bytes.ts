import type { TcpSocket } from './tcp-socket.ts';
/** So that many small writes need few copies and few sends. */
const smallestChunk = 16_384;

/** Bytes that the kernel did not take yet, in order. All chunks but the last are full. */
export class KeptBytes {
  byteCount = 0;
  readonly #chunks: Buffer[] = [];
  /** Where the bytes of the first chunk begin, and those of the last one end. */
  #start = 0;
  #end = 0;

  /** Copies bytes `start` to `end`. */
  add(bytes: Buffer, start: number, end: number): void {
    this.byteCount += end - start;
    for (let at = start; at < end;) {
      let last = this.#chunks.at(-1);
      if (last === undefined || this.#end === last.length) {
        last = Buffer.allocUnsafeSlow(Math.max(smallestChunk, end - at));
        this.#chunks.push(last);
        this.#end = 0;
      }
      const count = bytes.copy(last, this.#end, at, end);
      this.#end += count;
      at += count;
    }
  }

  /** Puts bytes before all others, and owns them from now on. None of those may be sent yet. */
  prepend(bytes: Buffer): void {
    if (this.#chunks.length === 0) this.#end = bytes.length;
    this.#chunks.unshift(bytes);
    this.byteCount += bytes.length;
  }

  /** Sends what the kernel takes. @returns 0, or a negated error number */
  sendTo(socket: Pick<TcpSocket, 'sendNow'>): number {
    for (let chunk = this.#chunks[0]; chunk !== undefined; chunk = this.#chunks[0]) {
      const end = this.#chunks.length === 1 ? this.#end : chunk.length;
      const count = socket.sendNow(chunk, this.#start, end);
      if (count < 0) return count;
      this.byteCount -= count;
      this.#start += count;
      if (this.#start < end) return 0;
      this.#chunks.shift();
      this.#start = 0;
    }
    return 0;
  }
}
