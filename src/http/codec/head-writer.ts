import { byte } from './byte-class.ts';
import { leaveOutCookies } from './cookie-removal.ts';
import { HeadCopy } from './head-copy.ts';
import { headerKind, type HeaderKind } from './header-kind.ts';
import type { HeaderTable } from './header-table.ts';
import { cookieMark, markPosition } from './own-cookies.ts';
import { appendBytes, copyBytes, totalBytes } from './output.ts';
import type { RequestHead } from './request-head.ts';
import { versionBytes } from './http-version.ts';
import type { ResponseHead } from './response-head.ts';

/**
 * The `Connection` header to write, if any: `none` is right for HTTP/1.1 connections that stay,
 * `keepAlive` for HTTP/1.0 ones, and `upgrade` also lets the `Upgrade` header through.
 */
export type ConnectionEdit = 'none' | 'keepAlive' | 'close' | 'upgrade';

/** How a request's head changes on its way to a server. */
export interface RequestEdits {
  readonly connection: ConnectionEdit;
  /**
   * `replace` drops what the client says about where it comes from: `X-Forwarded-*` and what else servers believe of a
   * proxy (see `header-kind.ts`). `append` leaves it, for clients that are trusted proxies.
   */
  readonly forwardedFor: 'replace' | 'append';
  /** Names of this proxy's own cookies, which the server does not get to see. */
  readonly ownCookies: readonly Buffer[];
  /** Whole header lines with CRLF, from {@link encodeHeaderLine}. */
  readonly append: readonly Buffer[];
}

/** How a response's head changes on its way to the client. */
export interface ResponseEdits {
  readonly connection: ConnectionEdit;
  /** Whole header lines with CRLF, such as `Set-Cookie`, from {@link encodeHeaderLine}. */
  readonly append: readonly Buffer[];
  /** Names of this proxy's own cookies: what the server sets by such a name gets a mark, see {@link cookieMark}. */
  readonly ownCookies: readonly Buffer[];
  /**
   * No shared cache may store the response, as it sets a cookie. Adds `Cache-Control: private` and leaves what the
   * server says: caches honour the most restrictive directive (RFC 9111, section 4.2.1). HAProxy's `nocache` does the
   * same.
   */
  readonly isUncacheable: boolean;
  /**
   * The body is sent as plain bytes up to the end of the connection, for HTTP/1.0 clients, which cannot read chunks:
   * drops `Transfer-Encoding`. Goes with `connection: 'close'`.
   */
  readonly isUntilClose: boolean;
}

/** `out` must be this much longer than the head and the appended lines together. */
export const headSlackBytes = 128;

const lineEnd = Buffer.from('\r\n');
const chunkedLine = Buffer.from('Transfer-Encoding: chunked\r\n');
const privateLine = Buffer.from('Cache-Control: private\r\n');
const ownVersion = Buffer.from('HTTP/1.1 ');
const statusBytes = 3;
const minorOne = Buffer.from('1');
const hostName = Buffer.from('Host: ');
const copy = new HeadCopy();
const connectionLines: Readonly<Record<Exclude<ConnectionEdit, 'none'>, Buffer>> = {
  keepAlive: Buffer.from('Connection: keep-alive\r\n'),
  close: Buffer.from('Connection: close\r\n'),
  upgrade: Buffer.from('Connection: Upgrade\r\n'),
};

/**
 * Writes the head of a parsed request as the server gets it. Header lines are copied byte by byte, except what is for
 * one hop only, what a client must not claim, the given cookies, and `Transfer-Encoding`, which is rewritten. An
 * absolute target becomes an origin one, and a later version HTTP/1.1. Hot path.
 *
 * @returns the length written from the start of `out`, or -1, with nothing written, where `out` has not
 * {@link headSlackBytes} more than head and appended lines need
 */
export function writeRequestHead(out: Buffer, bytes: Buffer, head: RequestHead, edits: RequestEdits): number {
  if (out.length < head.headEnd - head.headStart + totalBytes(edits.append) + headSlackBytes) return -1;
  const { headers } = head;
  beginRequest(out, bytes, head);
  for (let index = headers.firstKnown; index !== -1; index = headers.nextKnown(index)) {
    const kind = headers.kind(index);
    if (kind === headerKind.cookie) {
      leaveOutCookies(copy, bytes, headers, index, edits.ownCookies);
    } else if (!staysInRequest(kind, edits)) {
      copy.leaveOut(headers.lineStart(index), headers.lineEnd(index));
      if (kind === headerKind.transferEncoding) copy.append(chunkedLine);
    } else if (kind === headerKind.maxForwards && head.maxForwards > 0) {
      // This proxy is one of them (RFC 9110, section 7.6.2).
      copy.leaveOut(headers.valueStart(index), headers.valueEnd(index));
      copy.append(Buffer.from(String(head.maxForwards - 1)));
    }
  }
  return finish(head, edits);
}

/**
 * Writes the head of a parsed response as the client gets it: with this proxy's own version, without what is
 * for one hop only, and without framing where a response of that status has none. Hot path.
 *
 * @returns as {@link writeRequestHead}
 */
export function writeResponseHead(
  out: Buffer,
  bytes: Buffer,
  head: ResponseHead,
  edits: ResponseEdits,
): number {
  const { headers } = head;
  const addedBytes = totalBytes(edits.append) + headers.count * cookieMark.length;
  if (out.length < head.headEnd - head.headStart + addedBytes + headSlackBytes) return -1;
  const statusStart = head.headStart + ownVersion.length;
  let position = appendBytes(out, 0, ownVersion);
  position = copyBytes(out, position, bytes, statusStart, statusStart + statusBytes);
  out[position++] = byte.space;
  copy.begin(out, position, bytes, head.reasonStart);
  for (let index = headers.firstKnown; index !== -1; index = headers.nextKnown(index)) {
    if (staysInResponse(head, index, edits)) {
      if (headers.kind(index) === headerKind.setCookie) markCookie(bytes, headers, index, edits.ownCookies);
      if (headers.kind(index) === headerKind.contentLength) leaveOutZeros(bytes, headers, index);
      continue;
    }
    copy.leaveOut(headers.lineStart(index), headers.lineEnd(index));
    const isFramed = headers.kind(index) === headerKind.transferEncoding && !edits.isUntilClose;
    if (isFramed && mayHaveFraming(head.status)) copy.append(chunkedLine);
  }
  if (edits.isUncacheable) {
    copy.copyUntil(head.headEnd - lineEnd.length);
    copy.append(privateLine);
  }
  return finish(head, edits);
}

/** Hot path. */
function markCookie(bytes: Buffer, headers: HeaderTable, index: number, names: readonly Buffer[]): void {
  const position = markPosition(bytes, headers.valueStart(index), headers.valueEnd(index), names);
  if (position === -1) return;
  copy.copyUntil(position);
  copy.append(cookieMark);
}

/** What pads a length: it is legal, but some clients read such a number as octal. Hot path. */
function leaveOutZeros(bytes: Buffer, headers: HeaderTable, index: number): void {
  const start = headers.valueStart(index);
  const lastDigit = headers.valueEnd(index) - 1;
  let position = start;
  while (position < lastDigit && bytes[position] === byte.zero) position++;
  if (position > start) copy.leaveOut(start, position);
}

/** The request line, with an origin target and a version that this proxy knows. Hot path. */
function beginRequest(out: Buffer, bytes: Buffer, head: RequestHead): void {
  const isAbsolute = head.targetForm === 'absolute';
  const { targetEnd } = head;
  if (isAbsolute) copy.begin(out, writeOriginTarget(out, bytes, head), bytes, targetEnd);
  else copy.begin(out, 0, bytes, head.headStart);
  const minorVersion = targetEnd + versionBytes;
  if (bytes[minorVersion] !== byte.zero + head.versionMinor) {
    copy.leaveOut(minorVersion, minorVersion + 1);
    copy.append(minorOne);
  }
  if (!isAbsolute || head.hostStart > targetEnd) return;
  // The server must learn the host that the target had (RFC 9112, section 3.2.2).
  copy.copyUntil(minorVersion + 1 + lineEnd.length);
  copy.append(hostName);
  copy.appendRange(head.hostStart, head.hostEnd);
  copy.append(lineEnd);
}

/** The request line up to the target's end, with an origin target. */
function writeOriginTarget(out: Buffer, bytes: Buffer, head: RequestHead): number {
  let position = copyBytes(out, 0, bytes, head.methodStart, head.targetStart);
  if (head.pathStart === head.targetEnd && head.method === 'OPTIONS') {
    // OPTIONS on an authority asks about the server itself (RFC 9112, section 3.2.4).
    out[position++] = byte.asterisk;
  } else if (bytes[head.pathStart] !== byte.slash) {
    out[position++] = byte.slash;
  }
  return copyBytes(out, position, bytes, head.pathStart, head.targetEnd);
}

/** Whether a server gets a known header as it is; cookies apart. */
function staysInRequest(kind: HeaderKind, edits: RequestEdits): boolean {
  switch (kind) {
    case headerKind.connection:
    case headerKind.transferEncoding:
    case headerKind.hopByHop:
    case headerKind.alias:
    case headerKind.nominated:
    case headerKind.otherTrace:
      return false;
    case headerKind.upgrade:
      return edits.connection === 'upgrade';
    case headerKind.forwarded:
      return edits.forwardedFor === 'append';
    default:
      return true;
  }
}

/** Whether the client gets a known header as it is. Hot path. */
export function staysInResponse(head: ResponseHead, index: number, edits: ResponseEdits): boolean {
  switch (head.headers.kind(index)) {
    case headerKind.connection:
    case headerKind.transferEncoding:
    case headerKind.hopByHop:
    case headerKind.nominated:
      return false;
    case headerKind.upgrade:
      return edits.connection === 'upgrade';
    case headerKind.contentLength:
      return mayHaveFraming(head.status);
    default:
      return true;
  }
}

/** 1xx and 204 responses must not carry framing headers (RFC 9112, section 6.1; RFC 9110, section 8.6). */
function mayHaveFraming(status: number): boolean {
  return status >= 200 && status !== 204;
}

/** Copies the rest, adds lines, and ends the head. @returns where */
function finish(head: RequestHead | ResponseHead, edits: RequestEdits | ResponseEdits): number {
  copy.copyUntil(head.headEnd - lineEnd.length);
  for (const line of edits.append) copy.append(line);
  if (edits.connection !== 'none') copy.append(connectionLines[edits.connection]);
  copy.append(lineEnd);
  return copy.position;
}
