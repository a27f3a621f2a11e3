import { byte } from './byte-class.ts';
import { headerKind } from './header-kind.ts';
import type { RequestHead } from './request-head.ts';
import { find, skipBlanks, skipBlanksBack } from './scan.ts';

/**
 * The value of the cookie `name` in bytes of a parsed request: the first one where several have that name,
 * over all `Cookie` lines. Names are compared byte by byte and values taken as they are; only SP and HTAB
 * around them are dropped. Never throws. Hot path.
 *
 * @param known what the value may well be, such as that of the request before: saves making a string of it
 */
export function findCookie(
  bytes: Buffer,
  head: RequestHead,
  name: Buffer,
  known?: string,
): string | undefined {
  if (head.firstCookie === -1) return undefined;
  const headers = head.headers;
  for (let index = head.firstCookie; index !== -1; index = headers.nextKnown(index)) {
    if (headers.kind(index) !== headerKind.cookie) continue;
    const end = headers.valueEnd(index);
    let start = headers.valueStart(index);
    while (start < end) {
      const equals = cookieNameEnd(bytes, start, end, name);
      const pairEnd = cookiePairEnd(bytes, start, end);
      if (equals !== -1) return trimmed(bytes, equals + 1, pairEnd, known);
      start = pairEnd + 1;
    }
  }
  return undefined;
}

/** The `;` after the pair that begins at `start`, or `end`. Hot path. */
export function cookiePairEnd(bytes: Buffer, start: number, end: number): number {
  return find(bytes, start, end, byte.semicolon);
}

/** The position of `=` where the pair that begins at `start` has exactly this name, else -1. Hot path. */
export function cookieNameEnd(bytes: Buffer, start: number, end: number, name: Buffer): number {
  let position = skipBlanks(bytes, start, end);
  for (let index = 0; index < name.length; index++, position++) {
    if (position >= end || bytes[position] !== name[index]) return -1;
  }
  position = skipBlanks(bytes, position, end);
  return position < end && bytes[position] === byte.equals ? position : -1;
}

function trimmed(bytes: Buffer, start: number, end: number, known: string | undefined): string {
  const from = skipBlanks(bytes, start, end);
  const to = skipBlanksBack(bytes, from, end);
  return known !== undefined && isText(bytes, from, to, known) ? known : bytes.toString('latin1', from, to);
}

function isText(bytes: Buffer, start: number, end: number, text: string): boolean {
  if (end - start !== text.length) return false;
  for (let index = 0; index < text.length; index++) {
    if (bytes[start + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}
