import { byte } from './byte-class.ts';
import { caseless, equalsIgnoringCase } from './caseless.ts';
import { readDecimal } from './decimal.ts';
import { headProblems, type HeadProblem } from './head-problem.ts';
import { headerKind } from './header-kind.ts';
import type { HeaderTable } from './header-table.ts';
import type { Tolerance } from './tolerance.ts';

const chunked = caseless('chunked');

/**
 * How a message says where its body ends (RFC 9112, section 6.3), without the ambiguity that request smuggling needs:
 * one length or one `chunked`, never both, never a list.
 */
export class Framing {
  /** Bytes of the body; -1 where no `Content-Length` was given. */
  contentLength = -1;
  isChunked = false;
  /** The length was written with zeros before it. */
  isLengthPadded = false;
  /** The length and the coding contradict each other: what follows on the connection is not to be trusted. */
  isDoubtful = false;
  readonly #mayPadLength: boolean;
  readonly #isLenient: boolean;

  /**
   * @param tolerance decides about a length with zeros before it, too: it is legal, and old servers pad numbers; no
   * honest client does, and some parsers read such a number as octal
   */
  constructor(tolerance: Tolerance) {
    this.#mayPadLength = tolerance !== 'none';
    this.#isLenient = tolerance === 'lenient';
  }

  /** Reads the framing headers of one message; keeps those that are only tolerated from being passed on. Hot path. */
  read(bytes: Buffer, headers: HeaderTable, versionMinor: number): HeadProblem | undefined {
    this.#reset();
    for (let index = headers.firstKnown; index !== -1; index = headers.nextKnown(index)) {
      const kind = headers.kind(index);
      let problem: HeadProblem | undefined;
      if (kind === headerKind.contentLength) problem = this.#readLength(bytes, headers, index);
      else if (kind === headerKind.transferEncoding) problem = this.#readEncoding(bytes, headers, index);
      if (problem !== undefined) return problem;
    }
    if (!this.isChunked) return undefined;
    if (this.contentLength !== -1 && !this.#isLenient) return headProblems.lengthAndEncoding;
    if (this.contentLength !== -1) this.#dropLengths(headers);
    // An HTTP/1.0 message cannot be chunked: RFC 9112, section 6.1, calls its framing faulty.
    return versionMinor === 0 ? headProblems.transferEncoding : undefined;
  }

  #reset(): void {
    this.contentLength = -1;
    this.isChunked = this.isLengthPadded = this.isDoubtful = false;
  }

  #readLength(bytes: Buffer, headers: HeaderTable, index: number): HeadProblem | undefined {
    const start = headers.valueStart(index);
    const end = headers.valueEnd(index);
    const length = readDecimal(bytes, start, end);
    if (this.contentLength !== -1) {
      if (!this.#isLenient || length !== this.contentLength) return headProblems.contentLengthRepeated;
      headers.setKind(index, headerKind.nominated);
      return undefined;
    }
    this.isLengthPadded = bytes[start] === byte.zero && end - start > 1;
    if (length === -1 || (this.isLengthPadded && !this.#mayPadLength)) return headProblems.contentLength;
    this.contentLength = length;
    return undefined;
  }

  /** A proxy that passes such a message on removes the length (RFC 9112, section 6.3). */
  #dropLengths(headers: HeaderTable): void {
    this.isDoubtful = true;
    this.contentLength = -1;
    for (let index = headers.firstKnown; index !== -1; index = headers.nextKnown(index)) {
      if (headers.kind(index) === headerKind.contentLength) headers.setKind(index, headerKind.nominated);
    }
  }

  #readEncoding(bytes: Buffer, headers: HeaderTable, index: number): HeadProblem | undefined {
    const isOnlyChunked =
      !this.isChunked &&
      equalsIgnoringCase(bytes, headers.valueStart(index), headers.valueEnd(index), chunked);
    this.isChunked = true;
    return isOnlyChunked ? undefined : headProblems.transferEncoding;
  }
}
