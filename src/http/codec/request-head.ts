import { caseless, equalsIgnoringCase } from './caseless.ts';
import { namesConnectionLogin } from './connection-login.ts';
import { connectionOption, readConnectionOptions } from './connection-options.ts';
import { readClampedDecimal } from './decimal.ts';
import { Framing } from './framing.ts';
import { headProblems, refused, unfinished, type HeadProblem, type HeadStatus } from './head-problem.ts';
import { headerKind } from './header-kind.ts';
import { HeaderTable } from './header-table.ts';
import { isHostAndPort, isSameAuthority } from './host.ts';
import { RequestLine } from './request-line.ts';
import {
  authorityEnd,
  authorityStart,
  defaultPort,
  targetFormOf,
  type TargetForm,
} from './request-target.ts';
import { openLine } from './scan.ts';

/** Limits of a head. */
export interface HeadLimits {
  /** Bytes of start line, headers and blank line together. @default 16384, as HAProxy's `tune.bufsize` */
  readonly maxHeadBytes?: number;
  /** Header lines. @default 128 */
  readonly maxHeaders?: number;
}

/** Defaults of {@link HeadLimits}. */
export const headLimitDefaults = { maxHeadBytes: 16_384, maxHeaders: 128 } as const;

const websocket = caseless('websocket');
const continueExpectation = caseless('100-continue');

/**
 * The head of one request: strictly validated, and where its parts lie. Reused for request after request and
 * allocates nothing. After `complete`, every position is an index into the bytes that were parsed; after
 * anything else, the fields mean nothing.
 *
 * It is stricter than RFC 9112 in places, always so that no two parsers can disagree about a message.
 */
export class RequestHead extends RequestLine {
  readonly maxHeadBytes: number;
  readonly headers: HeaderTable;

  /** After the blank line: the first byte of the body or of the next request. */
  headEnd = 0;
  targetForm: TargetForm = 'origin';
  /** Where path and query begin: `targetStart`, or after the authority of an absolute target. */
  pathStart = 0;
  /** The client wants to send more requests on this connection. */
  isKeepAlive = false;
  /** Bytes of the body; -1 without `Content-Length`. A request with neither length nor chunks has no body. */
  contentLength = -1;
  isChunked = false;
  /** A legal upgrade to websocket. With any other `Upgrade` this is a plain request. */
  hasUpgrade = false;
  /** `Expect: 100-continue`. */
  expectsContinue = false;
  /** `Max-Forwards` of an OPTIONS request: how many proxies may still pass it on; -1 for any number. */
  maxForwards = -1;
  /** The client logs in by a scheme that counts for the whole connection to the server. */
  hasConnectionLogin = false;
  /**
   * The value of `Host`, or the authority of the target where an HTTP/1.0 client sent that and no `Host`; both -1
   * without either.
   */
  hostStart = -1;
  hostEnd = -1;
  /** Index in `headers` of the first `Cookie`, -1 without; and how many there are. */
  firstCookie = -1;
  cookieCount = 0;

  readonly #framing = new Framing('none');
  #upgradeCount = 0;
  #hasWebsocket = false;

  constructor(limits: HeadLimits = {}) {
    super();
    this.maxHeadBytes = limits.maxHeadBytes ?? headLimitDefaults.maxHeadBytes;
    this.headers = new HeaderTable(limits.maxHeaders ?? headLimitDefaults.maxHeaders);
  }

  /**
   * Parses the head that begins at `start`. The answer does not depend on how the bytes were split: until
   * the blank line is there it is `incomplete`, or the problem that the whole has. Hot path.
   *
   * @param seenEnd where the bytes end that an earlier call with the same `start` called incomplete; saves
   * parsing the whole again for every byte of a slow client: only the line that it is in is. @default nothing was seen
   */
  parse(bytes: Buffer, start: number, end: number, seenEnd = start): HeadStatus {
    const limit = Math.min(end, start + this.maxHeadBytes);
    const isFull = limit === start + this.maxHeadBytes;
    const lineStart = isFull ? -1 : openLine(bytes, start, seenEnd, limit);
    if (lineStart !== -1 && this.#goesOn(bytes, start, lineStart, limit)) return 'incomplete';

    const headersStart = this.parseLine(bytes, start, limit);
    if (headersStart === refused) return this.problem;
    if (headersStart === unfinished) return this.#wait(start, limit, headProblems.lineTooLong);

    const headEnd = this.headers.parse(bytes, headersStart, limit);
    if (headEnd === refused) return this.headers.problem;
    if (headEnd === unfinished) return this.#wait(start, limit, headProblems.headTooLong);

    this.headEnd = headEnd;
    return this.#interpret(bytes) ?? 'complete';
  }

  /** Whether the line that begins at `lineStart`, and has no end yet, may become a valid one. */
  #goesOn(bytes: Buffer, start: number, lineStart: number, end: number): boolean {
    // An empty line may come before the request line.
    const isRequestLine = lineStart <= start + 2;
    const lineEnd = isRequestLine
      ? this.parseLine(bytes, start, end)
      : this.headers.parse(bytes, lineStart, end);
    return lineEnd === unfinished;
  }

  #wait(start: number, limit: number, tooLong: HeadProblem): HeadStatus {
    return limit === start + this.maxHeadBytes ? tooLong : 'incomplete';
  }

  /** What the parts mean together, once all of them are there. */
  #interpret(bytes: Buffer): HeadProblem | undefined {
    const problem =
      this.#framing.read(bytes, this.headers, this.versionMinor) ??
      this.#readHeaders(bytes) ??
      this.#readTarget(bytes);
    if (problem !== undefined) return problem;
    this.contentLength = this.#framing.contentLength;
    this.isChunked = this.#framing.isChunked;

    const options = readConnectionOptions(bytes, this.headers);
    if ((options & connectionOption.tooMany) !== 0) return headProblems.tooManyOptions;
    const isAsked = this.versionMinor === 1 || (options & connectionOption.keepAlive) !== 0;
    this.isKeepAlive = isAsked && (options & connectionOption.close) === 0;
    this.hasUpgrade =
      (options & connectionOption.upgrade) !== 0 &&
      this.#upgradeCount === 1 &&
      this.#hasWebsocket &&
      this.method === 'GET' &&
      this.versionMinor === 1 &&
      this.contentLength <= 0 &&
      !this.isChunked;
    return undefined;
  }

  #readHeaders(bytes: Buffer): HeadProblem | undefined {
    this.hostStart = this.hostEnd = this.firstCookie = -1;
    this.maxForwards = -1;
    this.cookieCount = this.#upgradeCount = 0;
    this.expectsContinue = this.hasConnectionLogin = this.#hasWebsocket = false;
    const headers = this.headers;
    for (let index = headers.firstKnown; index !== -1; index = headers.nextKnown(index)) {
      const kind = headers.kind(index);
      const start = headers.valueStart(index);
      const end = headers.valueEnd(index);
      if (kind === headerKind.cookie) {
        if (this.cookieCount++ === 0) this.firstCookie = index;
      } else if (kind === headerKind.host) {
        const problem = this.#readHost(bytes, start, end);
        if (problem !== undefined) return problem;
      } else if (kind === headerKind.expect) {
        if (!equalsIgnoringCase(bytes, start, end, continueExpectation)) return headProblems.expectation;
        // A server ignores the expectation of an HTTP/1.0 client (RFC 9110, section 10.1.1).
        this.expectsContinue = this.versionMinor === 1;
      } else if (kind === headerKind.upgrade) {
        this.#upgradeCount++;
        this.#hasWebsocket = equalsIgnoringCase(bytes, start, end, websocket);
      } else if (kind === headerKind.maxForwards && !this.#readMaxForwards(bytes, start, end)) {
        return headProblems.maxForwards;
      } else if (kind === headerKind.authorization) {
        this.hasConnectionLogin ||= namesConnectionLogin(bytes, start, end);
      }
    }
    return this.hostStart === -1 && this.versionMinor === 1 ? headProblems.hostMissing : undefined;
  }

  #readHost(bytes: Buffer, start: number, end: number): HeadProblem | undefined {
    if (this.hostStart !== -1) return headProblems.hostRepeated;
    if (!isHostAndPort(bytes, start, end)) return headProblems.host;
    this.hostStart = start;
    this.hostEnd = end;
    return undefined;
  }

  /** Only OPTIONS and TRACE give it a meaning; TRACE is refused. @returns false where it is no number, or two */
  #readMaxForwards(bytes: Buffer, start: number, end: number): boolean {
    if (this.method !== 'OPTIONS') return true;
    if (this.maxForwards !== -1) return false;
    this.maxForwards = readClampedDecimal(bytes, start, end);
    return this.maxForwards !== -1;
  }

  #readTarget(bytes: Buffer): HeadProblem | undefined {
    // CONNECT asks for a tunnel to anywhere; TRACE echoes cookies that scripts must not see.
    if (this.method === 'CONNECT' || this.method === 'TRACE') return headProblems.methodRefused;
    const form = targetFormOf(bytes, this.targetStart, this.targetEnd);
    if (form === undefined) return headProblems.target;
    if (form === 'asterisk' && this.method !== 'OPTIONS') return headProblems.target;
    this.targetForm = form;
    this.pathStart = this.targetStart;
    return form === 'absolute' ? this.#readAuthority(bytes) : undefined;
  }

  /** The authority of an absolute target counts for more than `Host`; both must name the same. */
  #readAuthority(bytes: Buffer): HeadProblem | undefined {
    const start = authorityStart(bytes, this.targetStart, this.targetEnd);
    this.pathStart = authorityEnd(bytes, start, this.targetEnd);
    const { pathStart, hostStart, hostEnd } = this;
    const port = defaultPort(this.targetStart, start);
    if (hostStart !== -1) {
      const isSame = isSameAuthority(bytes, start, pathStart, hostStart, hostEnd, port);
      return isSame ? undefined : headProblems.hostMismatch;
    }
    if (!isHostAndPort(bytes, start, pathStart)) return headProblems.host;
    this.hostStart = start;
    this.hostEnd = pathStart;
    return undefined;
  }
}
