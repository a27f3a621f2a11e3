import { ChunkDecoder } from '../../http/codec/chunk-decoder.ts';

/** How much of a body is searched. */
const maxBodyBytes = 64 * 1024;

const chunkedLine = /\r\ntransfer-encoding:[^\r]*\bchunked[ \t]*\r\n/i;
const lengthLine = /\r\ncontent-length:[ \t]*(\d{1,15})[ \t]*\r\n/i;

/** `over`: the text was not found, and nothing that follows can change that; `broken`: the chunks are not valid. */
export type SearchOutcome = 'found' | 'open' | 'over' | 'broken';

/**
 * Seeks a text in the body of one response. Chunks are decoded first, so it does not matter where a chunk or a read
 * ends. Compressed bodies are not unpacked.
 */
export class BodySearch {
  readonly #text: Buffer;
  readonly #body = Buffer.allocUnsafe(maxBodyBytes);
  readonly #chunks: ChunkDecoder | undefined;
  /** Bytes of the body to look at. */
  readonly #limit: number;
  #length = 0;
  #searchedTo = 0;

  /** @param head status line and headers, with the line end of the last */
  constructor(text: Buffer, head: string) {
    this.#text = text;
    // The service decides what responses are good enough for clients; here it is enough to understand them.
    this.#chunks = chunkedLine.test(head) ? new ChunkDecoder('lenient') : undefined;
    const length = this.#chunks === undefined ? Number(lengthLine.exec(head)?.[1] ?? Infinity) : Infinity;
    this.#limit = Math.min(maxBodyBytes, length);
  }

  /** Reads on in bytes `start` to `end`, which continue what earlier calls were given. */
  take(bytes: Buffer, start: number, end: number): SearchOutcome {
    const chunks = this.#chunks;
    if (chunks === undefined) this.#add(bytes, start, end);
    let event = chunks?.next(bytes, start, end);
    while (chunks !== undefined && event === 'data') {
      this.#add(bytes, chunks.dataStart, chunks.dataEnd);
      event = chunks.next(bytes, chunks.position, end);
    }
    if (this.#isFound()) return 'found';
    if (event === 'problem') return 'broken';
    return event === 'end' || this.#length === this.#limit ? 'over' : 'open';
  }

  #add(bytes: Buffer, start: number, end: number): void {
    const count = Math.min(end - start, this.#limit - this.#length);
    this.#length += bytes.copy(this.#body, this.#length, start, start + count);
  }

  #isFound(): boolean {
    const body = this.#body.subarray(0, this.#length);
    const isFound = body.includes(this.#text, this.#searchedTo);
    this.#searchedTo = Math.max(0, body.length - this.#text.length + 1);
    return isFound;
  }
}
