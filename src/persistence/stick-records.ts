/** Where memory comes from: at least that many bytes, all zero. */
export type AllocateBytes = (bytes: number) => ArrayBufferLike;

const wordsPerChunkBits = 16;
const wordsPerChunk = 1 << wordsPerChunkBits;
const wordInChunk = wordsPerChunk - 1;

/**
 * Unused bytes before the first record. The C library of Linux starts large memory 16 bytes after the start of a
 * page. With these bytes, no record lies across two lines of the caches, which would cost a tenth of a look-up.
 */
const leadBytes = 48;

/** What is taken at once. */
export const bytesPerChunk = leadBytes + 4 * wordsPerChunk;

/** 1 GiB: every system gives that much in one piece. */
const maxChunksAtOnce = 4096;

/**
 * Numbered records of a few 32-bit words, all zero at first, in chunks of one size. Chunks are added one at a time:
 * growth never copies what is there, and a record's place follows from its number. Chunks are large enough that the
 * list of them stays in the caches.
 */
export class Records {
  readonly #allocate: AllocateBytes;
  /** The logarithm to base 2 of the words in a record. */
  readonly #wordsBits: number;
  /** The logarithm to base 2 of the records in a chunk. */
  readonly #recordsBits: number;
  readonly #words: Int32Array[] = [];
  /** The same memory, by pairs of words. */
  readonly #pairs: Float64Array[] = [];

  /** @param words in a record: a power of two, at most 16 */
  constructor(words: number, allocate: AllocateBytes) {
    this.#allocate = allocate;
    this.#wordsBits = Math.log2(words);
    this.#recordsBits = wordsPerChunkBits - this.#wordsBits;
  }

  get bytes(): number {
    return this.#words.length * bytesPerChunk;
  }

  /** Makes sure that a record is there; all before it must be. Hot path. */
  reserve(record: number): void {
    if (record >>> this.#recordsBits >= this.#words.length) this.#addChunks(1);
  }

  /**
   * Takes memory for all records up to that one, in pieces as large as possible: the C library asks the system for
   * each, and gets pages that take memory only when they are written to.
   */
  reserveAll(last: number): void {
    let missing = (last >>> this.#recordsBits) + 1 - this.#words.length;
    for (; missing > 0; missing -= maxChunksAtOnce) this.#addChunks(Math.min(missing, maxChunksAtOnce));
  }

  /** Makes all records zero again. */
  zero(): void {
    for (const words of this.#words) words.fill(0);
  }

  /** Hot path. */
  get(record: number, word: number): number {
    return this.#words[record >>> this.#recordsBits]?.[this.#at(record) + word] ?? 0;
  }

  /** Hot path. */
  set(record: number, word: number, value: number): void {
    const words = this.#words[record >>> this.#recordsBits];
    if (words !== undefined) words[this.#at(record) + word] = value;
  }

  /** The number in two words; `word` is the first and is even. Hot path. */
  getDouble(record: number, word: number): number {
    return this.#pairs[record >>> this.#recordsBits]?.[(this.#at(record) + word) >>> 1] ?? 0;
  }

  /** Hot path. */
  setDouble(record: number, word: number, value: number): void {
    const pairs = this.#pairs[record >>> this.#recordsBits];
    if (pairs !== undefined) pairs[(this.#at(record) + word) >>> 1] = value;
  }

  /** Whether a record begins with four signed words. Hot path. */
  startsWith(record: number, w0: number, w1: number, w2: number, w3: number): boolean {
    const words = this.#words[record >>> this.#recordsBits];
    if (words === undefined) return false;
    const at = this.#at(record);
    // Addresses differ at the end sooner than at the start.
    return words[at + 3] === w3 && words[at + 2] === w2 && words[at + 1] === w1 && words[at] === w0;
  }

  /** Where in its chunk a record begins. The bits that the shift loses are the chunk's number. */
  #at(record: number): number {
    return (record << this.#wordsBits) & wordInChunk;
  }

  #addChunks(count: number): void {
    const memory = this.#allocate(leadBytes + count * 4 * wordsPerChunk);
    for (let index = 0; index < count; index++) {
      const start = leadBytes + index * 4 * wordsPerChunk;
      this.#words.push(new Int32Array(memory, start, wordsPerChunk));
      this.#pairs.push(new Float64Array(memory, start, wordsPerChunk / 2));
    }
  }
}
