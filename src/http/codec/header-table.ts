import { byte, isTokenByte } from './byte-class.ts';
import { headProblems, refused, unfinished, type HeadProblem } from './head-problem.ts';
import { headerKind, headerKindOf, type HeaderKind } from './header-kind.ts';
import { skip, skipBlanks, skipBlanksBack, skipField } from './scan.ts';

/** Numbers kept for each header: five positions, and the index of the next one that is known. */
const columns = 6;
const nextKnownColumn = 5;

/**
 * Where the header lines of one head lie in its bytes. Reused: all memory is taken at construction, and
 * positions are good until the next `parse`.
 *
 * Most headers mean nothing to a proxy. Those that do are chained, so that a reader passes over the rest:
 * `for (let index = headers.firstKnown; index !== -1; index = headers.nextKnown(index))`.
 */
export class HeaderTable {
  /** How many headers the head has. */
  count = 0;
  /** The first header whose kind is not `other`; -1 where there is none. */
  firstKnown = -1;
  /** Set where `parse` answers {@link refused}. */
  problem: HeadProblem = headProblems.headerName;
  readonly #maxHeaders: number;
  readonly #positions: Int32Array;
  readonly #kinds: Uint8Array;
  #lastKnown = -1;

  constructor(maxHeaders: number) {
    this.#maxHeaders = maxHeaders;
    this.#positions = new Int32Array(maxHeaders * columns);
    this.#kinds = new Uint8Array(maxHeaders);
  }

  /** First byte of the line, which is the first of the name. */
  lineStart(index: number): number {
    return this.#positions[index * columns] ?? 0;
  }

  /** The colon. */
  nameEnd(index: number): number {
    return this.#positions[index * columns + 1] ?? 0;
  }

  /** First byte of the value, white space around it excluded. */
  valueStart(index: number): number {
    return this.#positions[index * columns + 2] ?? 0;
  }

  valueEnd(index: number): number {
    return this.#positions[index * columns + 3] ?? 0;
  }

  /** After the CRLF. */
  lineEnd(index: number): number {
    return this.#positions[index * columns + 4] ?? 0;
  }

  kind(index: number): HeaderKind {
    return this.#kinds[index] as HeaderKind;
  }

  setKind(index: number, kind: HeaderKind): void {
    this.#kinds[index] = kind;
  }

  /** The first header after `index`, which is known itself, whose kind is not `other`; -1 after the last. */
  nextKnown(index: number): number {
    return this.#positions[index * columns + nextKnownColumn] ?? -1;
  }

  /** After `setKind` of any that were `other`, once for all of them: puts them where they belong in the chain. */
  chainAnew(): void {
    this.firstKnown = this.#lastKnown = -1;
    for (let index = 0; index < this.count; index++) {
      if (this.#kinds[index] !== headerKind.other) this.#chain(index);
    }
  }

  /**
   * Reads header lines from `start` through the blank line. Strict: no folding, no space before the colon, no byte
   * outside the grammar, every line ended by CRLF. Hot path.
   *
   * @returns the position after the blank line, or {@link unfinished}, or {@link refused} with `problem` set
   */
  parse(bytes: Buffer, start: number, end: number): number {
    this.count = 0;
    this.firstKnown = this.#lastKnown = -1;
    let position = start;
    while (position < end) {
      if (bytes[position] === byte.cr) {
        if (position + 1 === end) return unfinished;
        return bytes[position + 1] === byte.lf ? position + 2 : this.#refuse(headProblems.lineEnd);
      }
      if (this.count === this.#maxHeaders) return this.#refuse(headProblems.tooManyHeaders);
      position = this.#parseLine(bytes, position, end);
      if (position < 0) return position;
      this.count++;
    }
    return unfinished;
  }

  /** Reads the line at `start` into the row `count`. Hot path. */
  #parseLine(bytes: Buffer, start: number, end: number): number {
    let position = skip(bytes, start, end, isTokenByte);
    if (position === end) return unfinished;
    if (position === start || bytes[position] !== byte.colon) return this.#refuse(headProblems.headerName);
    const nameEnd = position++;

    const valueStart = skipBlanks(bytes, position, end);
    position = skipField(bytes, valueStart, end);
    if (position === end) return unfinished;
    if (bytes[position] !== byte.cr) return this.#refuse(headProblems.headerValue);
    if (position + 1 === end) return unfinished;
    if (bytes[position + 1] !== byte.lf) return this.#refuse(headProblems.lineEnd);

    const row = this.count * columns;
    this.#positions[row] = start;
    this.#positions[row + 1] = nameEnd;
    this.#positions[row + 2] = valueStart;
    this.#positions[row + 3] = skipBlanksBack(bytes, valueStart, position);
    this.#positions[row + 4] = position + 2;
    const kind = headerKindOf(bytes, start, nameEnd);
    this.#kinds[this.count] = kind;
    if (kind !== headerKind.other) this.#chain(this.count);
    return position + 2;
  }

  #chain(index: number): void {
    if (this.#lastKnown === -1) this.firstKnown = index;
    else this.#positions[this.#lastKnown * columns + nextKnownColumn] = index;
    this.#positions[index * columns + nextKnownColumn] = -1;
    this.#lastKnown = index;
  }

  #refuse(problem: HeadProblem): number {
    this.problem = problem;
    return refused;
  }
}
