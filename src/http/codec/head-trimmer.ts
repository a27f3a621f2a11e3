import { byte } from './byte-class.ts';
import { staysInResponse, type ResponseEdits } from './head-writer.ts';
import { headerKind } from './header-kind.ts';
import { markPosition } from './own-cookies.ts';
import type { ResponseHead } from './response-head.ts';
import { versionBytes } from './http-version.ts';

/**
 * Edits the head of a parsed response in place, if it only has to leave lines out, as most do: what is before them
 * moves up to what follows. So head and body need no copy, and leave in one write. Otherwise changes nothing. The
 * result is that of `writeResponseHead`. Hot path.
 *
 * @returns where the head begins now, or -1 where it has to be rewritten
 */
export function trimResponseHead(bytes: Buffer, head: ResponseHead, edits: ResponseEdits): number {
  if (!isOnlyTrimmed(bytes, head, edits) || marksCookies(bytes, head, edits.ownCookies)) return -1;
  const { headers, headStart } = head;
  bytes[headStart + versionBytes - 1] = byte.one;
  let start = headStart;
  // The lines before this one were moved already, and so lie from `start` to where it begins.
  for (let index = headers.firstKnown; index !== -1; index = headers.nextKnown(index)) {
    if (staysInResponse(head, index, edits)) continue;
    const lineStart = headers.lineStart(index);
    const length = headers.lineEnd(index) - lineStart;
    bytes.copyWithin(start + length, start, lineStart);
    start += length;
  }
  return start;
}

function isOnlyTrimmed(bytes: Buffer, head: ResponseHead, edits: ResponseEdits): boolean {
  if (edits.connection !== 'none' || edits.append.length > 0 || edits.isUncacheable) return false;
  // The line about chunks is rewritten, as are a padded length and a status line without the space at its end.
  return !head.isChunked && !head.isLengthPadded && bytes[head.reasonStart - 1] === byte.space;
}

/** Whether the server sets a cookie under one of these names, and so gets a mark. */
function marksCookies(bytes: Buffer, { headers }: ResponseHead, names: readonly Buffer[]): boolean {
  for (let index = headers.firstKnown; index !== -1; index = headers.nextKnown(index)) {
    if (headers.kind(index) !== headerKind.setCookie) continue;
    if (markPosition(bytes, headers.valueStart(index), headers.valueEnd(index), names) !== -1) return true;
  }
  return false;
}
