import { byte, hexValue, isFieldByte, isTokenByte } from './byte-class.ts';
import { headProblems, type HeadProblem } from './head-problem.ts';
import { isBlank } from './scan.ts';

/** What the decoder found: bytes of the body, the end of the body, nothing more in here, or a fault. */
export type ChunkEvent = 'data' | 'end' | 'incomplete' | 'problem';

/** Digits of a chunk size; more are only good for overflows. */
const maxSizeDigits = 15;
/** Bytes of extensions on one chunk line. Nobody needs any; some uploads sign each chunk with about 85. */
const maxExtensionBytes = 256;
/** Extensions of one body may take this many bytes, and beyond it no more than the data does. */
const freeExtensionBytes = 16_384;
/** Bytes of all trailers of one body, as for a head. */
const maxTrailerBytes = 16_384;

/** Where the decoder stands: what the next byte must be. */
const state = {
  size: 0,
  extensionName: 1,
  extensionValue: 2,
  extensionToken: 3,
  quoted: 4,
  quotedPair: 5,
  afterQuoted: 6,
  sizeLineFeed: 7,
  data: 8,
  dataReturn: 9,
  dataLineFeed: 10,
  trailerStart: 11,
  trailerName: 12,
  trailerValue: 13,
  trailerLineFeed: 14,
  endLineFeed: 15,
  ended: 16,
  failed: 17,
} as const;

type State = (typeof state)[keyof typeof state];

/**
 * Takes a chunked body apart, however it is split over reads, so that it can be framed anew. Strict: what
 * two parsers could read differently is a problem. Extensions and trailers are checked, counted and dropped;
 * a trailer never becomes a header. Reused for body after body by `reset`; allocates nothing.
 */
export class ChunkDecoder {
  /** After `next`: the first byte that it did not use. */
  position = 0;
  /** After `data`: these bytes of the buffer belong to the body. */
  dataStart = 0;
  dataEnd = 0;
  /** After `data`: whether `dataStart` begins a chunk. */
  isChunkStart = false;
  /** Size of the current chunk, and how much of it is still to come. */
  chunkSize = 0;
  chunkRemaining = 0;
  /** Set after `problem`. */
  problem: HeadProblem = headProblems.chunkSize;

  #state: State = state.size;
  #sizeDigits = 0;
  #lineExtensionBytes = 0;
  #extensionBytes = 0;
  #dataBytes = 0;
  #trailerBytes = 0;
  /** Whether the name of the extension being read has no byte yet. */
  #isNameEmpty = true;

  /**
   * How much is still to come of a chunk whose first byte was taken; 0 before that. Only these bytes may go past this
   * decoder: a chunk that has not begun here has no size line on the other side either.
   */
  get begunRemaining(): number {
    return this.chunkRemaining < this.chunkSize ? this.chunkRemaining : 0;
  }

  /** Makes ready for the first byte of another body. */
  reset(): void {
    this.#beginSize();
    this.#extensionBytes = this.#dataBytes = this.#trailerBytes = 0;
    this.chunkSize = this.chunkRemaining = 0;
  }

  /**
   * Reads on in bytes `start` to `end`, which continue what earlier calls were given. Call again from
   * `position` after `data`; after `incomplete` with what arrives next. Hot path.
   */
  next(bytes: Buffer, start: number, end: number): ChunkEvent {
    let position = start;
    while (position < end && this.#state < state.ended) {
      if (this.#state === state.data) return this.#takeData(position, end);
      this.#take(bytes[position++] ?? 0);
    }
    this.position = position;
    if (this.#state === state.ended) return 'end';
    return this.#state === state.failed ? 'problem' : 'incomplete';
  }

  /** Counts `count` bytes of the current chunk that went past this decoder, at most `chunkRemaining`. */
  skipData(count: number): void {
    this.chunkRemaining -= count;
    this.#dataBytes += count;
    if (this.chunkRemaining === 0) this.#state = state.dataReturn;
  }

  #takeData(start: number, end: number): ChunkEvent {
    this.isChunkStart = this.chunkRemaining === this.chunkSize;
    this.dataStart = start;
    this.dataEnd = this.position = Math.min(end, start + this.chunkRemaining);
    this.skipData(this.dataEnd - start);
    return 'data';
  }

  #take(value: number): void {
    if (this.#state === state.size) this.#takeSize(value);
    else if (this.#state < state.sizeLineFeed) this.#takeExtension(value);
    else if (this.#state < state.trailerStart) this.#takeLineEnd(value);
    else this.#takeTrailer(value);
  }

  #takeSize(value: number): void {
    const digit = hexValue[value] ?? 255;
    if (digit < 16) {
      this.chunkSize = this.chunkSize * 16 + digit;
      const isTooLarge = ++this.#sizeDigits > maxSizeDigits || this.chunkSize > Number.MAX_SAFE_INTEGER;
      if (isTooLarge) this.#fail(headProblems.chunkSize);
    } else if (this.#sizeDigits === 0) {
      this.#fail(headProblems.chunkSize);
    } else {
      this.#endExtension(value, headProblems.chunkSize);
    }
  }

  #takeExtension(value: number): void {
    if (!this.#mayExtend()) {
      this.#fail(headProblems.chunkExtension);
      return;
    }
    if (this.#state === state.extensionName) this.#takeExtensionName(value);
    else if (this.#state === state.extensionValue) this.#beginExtensionValue(value);
    else if (this.#state === state.quoted || this.#state === state.quotedPair) this.#takeQuoted(value);
    else if (this.#state === state.afterQuoted || isTokenByte[value] !== 1) {
      this.#endExtension(value, headProblems.chunkExtension);
    }
  }

  #takeExtensionName(value: number): void {
    if (isTokenByte[value] === 1) this.#isNameEmpty = false;
    else if (!this.#isNameEmpty && value === byte.equals) this.#state = state.extensionValue;
    else if (!this.#isNameEmpty) this.#endExtension(value, headProblems.chunkExtension);
    else if (!isBlank(value)) this.#fail(headProblems.chunkExtension);
  }

  #beginExtensionValue(value: number): void {
    if (value === byte.quote) this.#state = state.quoted;
    else if (isTokenByte[value] === 1) this.#state = state.extensionToken;
    else this.#fail(headProblems.chunkExtension);
  }

  #takeQuoted(value: number): void {
    if (isFieldByte[value] !== 1) this.#fail(headProblems.chunkExtension);
    else if (this.#state === state.quotedPair) this.#state = state.quoted;
    else if (value === byte.quote) this.#state = state.afterQuoted;
    else if (value === byte.backslash) this.#state = state.quotedPair;
  }

  /** What may follow a size or a whole extension: another extension, or the end of the line. */
  #endExtension(value: number, otherwise: HeadProblem): void {
    if (value === byte.semicolon) {
      this.#state = state.extensionName;
      this.#isNameEmpty = true;
    } else if (value === byte.cr) {
      this.#state = state.sizeLineFeed;
    } else {
      this.#fail(otherwise);
    }
  }

  /** Counts a byte of an extension; false where it is one too many. */
  #mayExtend(): boolean {
    this.#extensionBytes++;
    this.#lineExtensionBytes++;
    return (
      this.#lineExtensionBytes <= maxExtensionBytes &&
      this.#extensionBytes <= freeExtensionBytes + this.#dataBytes
    );
  }

  #takeLineEnd(value: number): void {
    const isExpected = value === (this.#state === state.dataReturn ? byte.cr : byte.lf);
    if (!isExpected) this.#fail(headProblems.chunkEnd);
    else if (this.#state === state.dataReturn) this.#state = state.dataLineFeed;
    else if (this.#state === state.dataLineFeed) this.#beginSize();
    else this.#beginData();
  }

  #takeTrailer(value: number): void {
    if (++this.#trailerBytes > maxTrailerBytes) this.#fail(headProblems.trailer);
    else if (this.#state === state.trailerStart && value === byte.cr) this.#state = state.endLineFeed;
    else if (this.#state === state.endLineFeed) this.#finishTrailer(value, state.ended);
    else if (this.#state === state.trailerLineFeed) this.#finishTrailer(value, state.trailerStart);
    else if (this.#state === state.trailerValue) {
      if (value === byte.cr) this.#state = state.trailerLineFeed;
      else if (isFieldByte[value] !== 1) this.#fail(headProblems.trailer);
    } else if (isTokenByte[value] === 1) this.#state = state.trailerName;
    else if (value === byte.colon && this.#state === state.trailerName) this.#state = state.trailerValue;
    else this.#fail(headProblems.trailer);
  }

  #finishTrailer(value: number, following: State): void {
    if (value === byte.lf) this.#state = following;
    else this.#fail(headProblems.trailer);
  }

  #beginSize(): void {
    this.#state = state.size;
    this.chunkSize = this.#sizeDigits = this.#lineExtensionBytes = 0;
  }

  #beginData(): void {
    this.chunkRemaining = this.chunkSize;
    this.#state = this.chunkSize === 0 ? state.trailerStart : state.data;
  }

  #fail(problem: HeadProblem): void {
    this.#state = state.failed;
    this.problem = problem;
  }
}
