import { byte, isMethodByte, isTargetByte } from './byte-class.ts';
import { headProblems, refused, unfinished, type HeadProblem } from './head-problem.ts';
import {
  readVersion,
  versionBytes,
  versionMalformed,
  versionUnfinished,
  versionUnknown,
} from './http-version.ts';
import { methodOf } from './method.ts';
import { skip } from './scan.ts';

/** Longer than any registered method (`UPDATEREDIRECTREF`, 17). */
const maxMethodBytes = 32;

/** Where the parts of one request line lie, and what they say. Reused. */
export class RequestLine {
  /** First byte of the request line, after a tolerated empty line. */
  headStart = 0;
  /**
   * A constant for usual methods: compare with `===`. Good even where the rest is refused or not there yet; empty
   * where the method itself is not readable.
   */
  method = '';
  methodStart = 0;
  methodEnd = 0;
  targetStart = 0;
  targetEnd = 0;
  /** HTTP/1.0 or HTTP/1.1, which any later minor version counts as. */
  versionMinor: 0 | 1 = 1;
  /** Set where {@link parseLine} answers {@link refused}. */
  protected problem: HeadProblem = headProblems.requestLine;

  /**
   * Reads the line at `start`; one empty line before it is passed over (RFC 9112, section 2.2). Hot path.
   *
   * @returns the position after its CRLF, or {@link unfinished}, or {@link refused} with `problem` set
   */
  protected parseLine(bytes: Buffer, start: number, end: number): number {
    let position = start;
    this.method = '';
    if (position < end && bytes[position] === byte.cr) {
      if (++position === end) return unfinished;
      if (bytes[position++] !== byte.lf) return this.refuse(headProblems.lineEnd);
    }
    this.headStart = position;
    position = this.#parseMethod(bytes, position, end);
    if (position >= 0) position = this.#parseTarget(bytes, position, end);
    if (position >= 0) position = this.#parseVersion(bytes, position, end);
    return position;
  }

  protected refuse(problem: HeadProblem): number {
    this.problem = problem;
    return refused;
  }

  /** Answers the position after the space. */
  #parseMethod(bytes: Buffer, start: number, end: number): number {
    const position = skip(bytes, start, end, isMethodByte);
    if (position - start > maxMethodBytes) return this.refuse(headProblems.methodTooLong);
    if (position === end) return unfinished;
    if (position === start || bytes[position] !== byte.space) return this.refuse(headProblems.method);
    this.methodStart = start;
    this.methodEnd = position;
    this.method = methodOf(bytes, start, position);
    return position + 1;
  }

  /** Answers the position after the space. */
  #parseTarget(bytes: Buffer, start: number, end: number): number {
    const position = skip(bytes, start, end, isTargetByte);
    if (position === end) return unfinished;
    if (position === start || bytes[position] !== byte.space) return this.refuse(headProblems.target);
    this.targetStart = start;
    this.targetEnd = position;
    return position + 1;
  }

  /** Answers the position after the line end. */
  #parseVersion(bytes: Buffer, start: number, end: number): number {
    const version = readVersion(bytes, start, end);
    if (version === versionUnfinished) return unfinished;
    if (version === versionMalformed) return this.refuse(headProblems.requestLine);
    const lineEnd = start + versionBytes;
    if (lineEnd === end) return unfinished;
    if (bytes[lineEnd] !== byte.cr) return this.refuse(headProblems.requestLine);
    if (lineEnd + 1 === end) return unfinished;
    if (bytes[lineEnd + 1] !== byte.lf) return this.refuse(headProblems.lineEnd);
    if (version === versionUnknown) return this.refuse(headProblems.version);
    this.versionMinor = version === 0 ? 0 : 1;
    return lineEnd + 2;
  }
}
