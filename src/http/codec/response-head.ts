import { asksForConnectionLogin } from './connection-login.ts';
import { connectionOption, readConnectionOptions } from './connection-options.ts';
import { Framing } from './framing.ts';
import { headProblems, refused, responseProblems, unfinished, type HeadStatus } from './head-problem.ts';
import { HeaderTable } from './header-table.ts';
import { headLimitDefaults, type HeadLimits } from './request-head.ts';
import { openLine } from './scan.ts';
import { StatusLine } from './status-line.ts';
import type { Tolerance } from './tolerance.ts';

/** How the end of a response's body is known; `close` is the end of the connection. */
export type BodyKind = 'none' | 'length' | 'chunked' | 'close';

/**
 * The head of one response, as strict as {@link RequestHead}: whatever two parsers could read differently is a
 * problem. The client is answered 502, whatever status the problem has.
 */
export class ResponseHead extends StatusLine {
  readonly maxHeadBytes: number;
  readonly headers: HeaderTable;

  /** After the blank line: the first byte of the body or of the next response. */
  headEnd = 0;
  bodyKind: BodyKind = 'none';
  /** Bytes of the body, as `Content-Length` says; -1 without. Says nothing where `bodyKind` is `none`. */
  contentLength = -1;
  /** The length is written with zeros before it, which clients may not understand. */
  isLengthPadded = false;
  /** `Transfer-Encoding` says so, whether there is a body or not. */
  isChunked = false;
  /** The server takes more requests on this connection once the body is over. */
  isKeepAlive = false;
  /** 1xx: another response to the same request follows, except after 101, which ends HTTP. */
  isInterim = false;

  /** It asks for a login that counts for the whole connection. */
  asksForConnectionLogin = false;

  readonly #framing: Framing;

  constructor(limits: HeadLimits = {}, tolerance: Tolerance = 'standard') {
    super();
    this.#framing = new Framing(tolerance);
    this.maxHeadBytes = limits.maxHeadBytes ?? headLimitDefaults.maxHeadBytes;
    this.headers = new HeaderTable(limits.maxHeaders ?? headLimitDefaults.maxHeaders);
  }

  /**
   * Parses the head that begins at `start`, independent of how the bytes were split. Hot path.
   *
   * @param requestMethodIsHead whether this answers a HEAD request, whose response has no body
   * @param seenEnd as for {@link RequestHead.parse}
   */
  parse(
    bytes: Buffer,
    start: number,
    end: number,
    requestMethodIsHead: boolean,
    seenEnd = start,
  ): HeadStatus {
    const limit = Math.min(end, start + this.maxHeadBytes);
    const isFull = limit === start + this.maxHeadBytes;
    const lineStart = isFull ? -1 : openLine(bytes, start, seenEnd, limit);
    if (lineStart !== -1 && this.#goesOn(bytes, start, lineStart, limit)) return 'incomplete';

    const headersStart = this.parseLine(bytes, start, limit);
    if (headersStart === refused) return responseProblems.statusLine;
    const headEnd = headersStart === unfinished ? unfinished : this.headers.parse(bytes, headersStart, limit);
    if (headEnd === refused) return this.headers.problem;
    if (headEnd === unfinished) return isFull ? headProblems.headTooLong : 'incomplete';

    this.headEnd = headEnd;
    return this.#interpret(bytes, requestMethodIsHead);
  }

  /** As that of a request. */
  #goesOn(bytes: Buffer, start: number, lineStart: number, end: number): boolean {
    const isStatusLine = lineStart === start;
    const lineEnd = isStatusLine
      ? this.parseLine(bytes, start, end)
      : this.headers.parse(bytes, lineStart, end);
    return lineEnd === unfinished;
  }

  #interpret(bytes: Buffer, requestMethodIsHead: boolean): HeadStatus {
    const problem = this.#framing.read(bytes, this.headers, this.versionMinor);
    if (problem !== undefined) return problem;
    const options = readConnectionOptions(bytes, this.headers);
    if ((options & connectionOption.tooMany) !== 0) return headProblems.tooManyOptions;

    this.contentLength = this.#framing.contentLength;
    this.isLengthPadded = this.#framing.isLengthPadded;
    this.isChunked = this.#framing.isChunked;
    this.isInterim = this.status < 200;
    this.asksForConnectionLogin =
      (this.status === 401 || this.status === 407) && asksForConnectionLogin(bytes, this.headers);
    this.bodyKind = this.#bodyKind(requestMethodIsHead);
    const isAsked = this.versionMinor === 1 || (options & connectionOption.keepAlive) !== 0;
    const isClosed = (options & connectionOption.close) !== 0 || this.bodyKind === 'close';
    this.isKeepAlive = isAsked && !isClosed && !this.#framing.isDoubtful;
    return 'complete';
  }

  /** RFC 9112, section 6.3. */
  #bodyKind(requestMethodIsHead: boolean): BodyKind {
    if (requestMethodIsHead || hasNoBody(this.status)) return 'none';
    if (this.isChunked) return 'chunked';
    return this.contentLength === -1 ? 'close' : 'length';
  }
}

/** Statuses whose responses never have a body. */
function hasNoBody(status: number): boolean {
  return status < 200 || status === 204 || status === 304;
}
