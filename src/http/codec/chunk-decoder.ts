import { byte, hexValue, isFieldByte, isTokenByte } from './byte-class.ts';
import { chunkState, type ChunkState } from './chunk-state.ts';
import { headProblems, type HeadProblem } from './head-problem.ts';
import { isBlank } from './scan.ts';
import type { Tolerance } from './tolerance.ts';

/** What the decoder found: bytes of the body, the end of the body, nothing more in here, or a fault. */
export type ChunkEvent = 'data' | 'end' | 'incomplete' | 'problem';

/** Digits of a chunk size, zeros before it included, which are valid in any number (RFC 9112, section 7.1). */
const maxSizeDigits = 32;
/** Bytes of extensions on one chunk line. Nobody needs any; some uploads sign each chunk with about 85. */
const maxExtensionBytes = 256;
/** Extensions of one body may take this many bytes, and beyond it no more than the data does. */
const freeExtensionBytes = 16_384;
/** Bytes of all trailers of one body, as for a head. */
const maxTrailerBytes = 16_384;

/**
 * Takes a chunked body apart, however it is split over reads, so that it can be framed again. Strict: what two
 * parsers could read differently is a problem, unless its tolerance allows it. Extensions and trailers are checked,
 * counted and dropped; a trailer never becomes a header. Reused for body after body by `reset`; allocates nothing.
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

  #state: ChunkState = chunkState.size;
  #sizeDigits = 0;
  #lineExtensionBytes = 0;
  #extensionBytes = 0;
  #dataBytes = 0;
  #trailerBytes = 0;
  /** Whether the name of the extension being read has no byte yet. */
  #isNameEmpty = true;
  readonly #bearsBlanks: boolean;
  readonly #isLenient: boolean;

  constructor(tolerance: Tolerance = 'none') {
    this.#bearsBlanks = tolerance !== 'none';
    this.#isLenient = tolerance === 'lenient';
  }

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
    while (position < end && this.#state < chunkState.ended) {
      if (this.#state === chunkState.data) return this.#takeData(position, end);
      this.#take(bytes[position++] ?? 0);
    }
    this.position = position;
    if (this.#state === chunkState.ended) return 'end';
    return this.#state === chunkState.failed ? 'problem' : 'incomplete';
  }

  /** Counts `count` bytes of the current chunk that went past this decoder, at most `chunkRemaining`. */
  skipData(count: number): void {
    this.chunkRemaining -= count;
    this.#dataBytes += count;
    if (this.chunkRemaining === 0) this.#state = chunkState.dataReturn;
  }

  #takeData(start: number, end: number): ChunkEvent {
    this.isChunkStart = this.chunkRemaining === this.chunkSize;
    this.dataStart = start;
    this.dataEnd = this.position = Math.min(end, start + this.chunkRemaining);
    this.skipData(this.dataEnd - start);
    return 'data';
  }

  #take(value: number): void {
    if (this.#state === chunkState.size) this.#takeSize(value);
    else if (this.#state < chunkState.sizeLineFeed) this.#takeExtension(value);
    else if (this.#state < chunkState.trailerStart) this.#takeLineEnd(value);
    else this.#takeTrailer(value);
  }

  #takeSize(value: number): void {
    const digit = hexValue[value] ?? 255;
    if (digit < 16) {
      this.chunkSize = this.chunkSize * 16 + digit;
      const isTooLarge = ++this.#sizeDigits > maxSizeDigits || this.chunkSize > Number.MAX_SAFE_INTEGER;
      if (isTooLarge) this.#fail(headProblems.chunkSize);
    } else if (this.#sizeDigits === 0) {
      const isPadding = this.#isLenient && isBlank(value) && this.#mayExtend();
      if (!isPadding) this.#fail(headProblems.chunkSize);
    } else {
      this.#endExtension(value, headProblems.chunkSize);
    }
  }

  #takeExtension(value: number): void {
    if (!this.#mayExtend()) {
      this.#fail(headProblems.chunkExtension);
      return;
    }
    if (this.#state === chunkState.extensionName) this.#takeExtensionName(value);
    else if (this.#state === chunkState.blank || this.#state === chunkState.nameBlank) this.#takeBlank(value);
    else if (this.#state === chunkState.extensionValue) this.#beginExtensionValue(value);
    else if (this.#state === chunkState.quoted || this.#state === chunkState.quotedPair)
      this.#takeQuoted(value);
    else if (this.#state === chunkState.afterQuoted || isTokenByte[value] !== 1) {
      this.#endExtension(value, headProblems.chunkExtension);
    }
  }

  #takeExtensionName(value: number): void {
    if (isTokenByte[value] === 1) this.#isNameEmpty = false;
    else if (!this.#isNameEmpty && value === byte.equals) this.#state = chunkState.extensionValue;
    else if (!this.#isNameEmpty && this.#bearsBlanks && isBlank(value)) this.#state = chunkState.nameBlank;
    else if (!this.#isNameEmpty) this.#endExtension(value, headProblems.chunkExtension);
    else if (!isBlank(value)) this.#fail(headProblems.chunkExtension);
  }

  /** Behind white space: what may follow it, or more of it. */
  #takeBlank(value: number): void {
    const isBehindName = this.#state === chunkState.nameBlank;
    if (isBehindName && value === byte.equals) this.#state = chunkState.extensionValue;
    else if (value === byte.cr && !this.#isLenient) this.#fail(headProblems.chunkExtension);
    else if (!isBlank(value)) this.#endExtension(value, headProblems.chunkExtension);
  }

  #beginExtensionValue(value: number): void {
    if (value === byte.quote) this.#state = chunkState.quoted;
    else if (isTokenByte[value] === 1) this.#state = chunkState.extensionToken;
    else if (!this.#bearsBlanks || !isBlank(value)) this.#fail(headProblems.chunkExtension);
  }

  #takeQuoted(value: number): void {
    if (isFieldByte[value] !== 1) this.#fail(headProblems.chunkExtension);
    else if (this.#state === chunkState.quotedPair) this.#state = chunkState.quoted;
    else if (value === byte.quote) this.#state = chunkState.afterQuoted;
    else if (value === byte.backslash) this.#state = chunkState.quotedPair;
  }

  /** What may follow a size or a whole extension: another extension, or the end of the line. */
  #endExtension(value: number, otherwise: HeadProblem): void {
    if (value === byte.semicolon) {
      this.#state = chunkState.extensionName;
      this.#isNameEmpty = true;
    } else if (value === byte.cr) {
      this.#state = chunkState.sizeLineFeed;
    } else if (this.#bearsBlanks && isBlank(value)) {
      this.#state = chunkState.blank;
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
    const isExpected = value === (this.#state === chunkState.dataReturn ? byte.cr : byte.lf);
    if (!isExpected) this.#fail(headProblems.chunkEnd);
    else if (this.#state === chunkState.dataReturn) this.#state = chunkState.dataLineFeed;
    else if (this.#state === chunkState.dataLineFeed) this.#beginSize();
    else this.#beginData();
  }

  #takeTrailer(value: number): void {
    if (++this.#trailerBytes > maxTrailerBytes) this.#fail(headProblems.trailer);
    else if (this.#state === chunkState.trailerStart && value === byte.cr)
      this.#state = chunkState.endLineFeed;
    else if (this.#state === chunkState.endLineFeed) this.#finishTrailer(value, chunkState.ended);
    else if (this.#state === chunkState.trailerLineFeed) this.#finishTrailer(value, chunkState.trailerStart);
    else if (this.#state === chunkState.trailerValue) {
      if (value === byte.cr) this.#state = chunkState.trailerLineFeed;
      else if (isFieldByte[value] !== 1) this.#fail(headProblems.trailer);
    } else if (isTokenByte[value] === 1) this.#state = chunkState.trailerName;
    else if (value === byte.colon && this.#state === chunkState.trailerName)
      this.#state = chunkState.trailerValue;
    else this.#fail(headProblems.trailer);
  }

  #finishTrailer(value: number, following: ChunkState): void {
    if (value === byte.lf) this.#state = following;
    else this.#fail(headProblems.trailer);
  }

  #beginSize(): void {
    this.#state = chunkState.size;
    this.chunkSize = this.#sizeDigits = this.#lineExtensionBytes = 0;
  }

  #beginData(): void {
    this.chunkRemaining = this.chunkSize;
    this.#state = this.chunkSize === 0 ? chunkState.trailerStart : chunkState.data;
  }

  #fail(problem: HeadProblem): void {
    this.#state = chunkState.failed;
    this.problem = problem;
  }
}
