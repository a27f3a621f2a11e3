import { byte } from './byte-class.ts';
import { readDecimal } from './decimal.ts';
import { refused, unfinished } from './head-problem.ts';
import { readVersion, versionBytes, versionUnfinished } from './http-version.ts';
import { skipField } from './scan.ts';

/** Position of the status code in `HTTP/1.1 200 OK`. */
const codeOffset = versionBytes + 1;

/** What the status line of one response says. Reused. */
export class StatusLine {
  /** First byte of the status line. */
  headStart = 0;
  /** 100 to 999. */
  status = 0;
  versionMinor: 0 | 1 = 1;
  /** The reason phrase, which may be empty. */
  reasonStart = 0;
  reasonEnd = 0;

  /**
   * Reads the line at `start`. A server that leaves out the empty reason phrase together with the space
   * before it is common and understood by all. Hot path.
   *
   * @returns the position after its CRLF, or {@link unfinished}, or {@link refused}
   */
  protected parseLine(bytes: Buffer, start: number, end: number): number {
    const version = readVersion(bytes, start, end);
    if (version < 0) return version === versionUnfinished ? unfinished : refused;
    let position = start + codeOffset;
    if (position + 3 > end) return unfinished;
    if (bytes[position - 1] !== byte.space) return refused;
    const status = readDecimal(bytes, position, position + 3);
    if (status < 100) return refused;
    position += 3;
    if (position === end) return unfinished;
    if (bytes[position] === byte.space) position++;
    else if (bytes[position] !== byte.cr) return refused;

    this.headStart = start;
    this.versionMinor = version === 0 ? 0 : 1;
    this.status = status;
    return this.#parseReason(bytes, position, end);
  }

  #parseReason(bytes: Buffer, start: number, end: number): number {
    const position = skipField(bytes, start, end);
    if (position === end) return unfinished;
    if (bytes[position] !== byte.cr) return refused;
    if (position + 1 === end) return unfinished;
    if (bytes[position + 1] !== byte.lf) return refused;
    this.reasonStart = start;
    this.reasonEnd = position;
    return position + 2;
  }
}
