import { byte } from './byte-class.ts';
import { headerKind } from './header-kind.ts';
import type { RequestHead } from './request-head.ts';
import { find, skipBlanks, skipBlanksBack } from './scan.ts';
import { TextList } from './text-list.ts';

/**
 * The values of the cookies of one name in one request, over all `Cookie` lines: several cookies may have one name,
 * since they may differ in path or domain. Their order says nothing (RFC 6265, section 4.2.2). Names are compared
 * byte by byte and values taken as they are; only SP and HTAB around them are dropped. Reused for request after
 * request.
 */
export class NamedCookies extends TextList {
  /** Takes the values of `name` from bytes of a parsed request. Never throws. Hot path. */
  read(bytes: Buffer, head: RequestHead, name: Buffer): this {
    this.count = 0;
    const { headers } = head;
    for (let index = head.firstCookie; index !== -1; index = headers.nextKnown(index)) {
      if (headers.kind(index) === headerKind.cookie) {
        this.#readLine(bytes, headers.valueStart(index), headers.valueEnd(index), name);
      }
    }
    return this;
  }

  #readLine(bytes: Buffer, lineStart: number, end: number, name: Buffer): void {
    let start = lineStart;
    while (start < end) {
      const equals = cookieNameEnd(bytes, start, end, name);
      const pairEnd = cookiePairEnd(bytes, start, end);
      if (equals !== -1) this.#addValue(bytes, equals + 1, pairEnd);
      start = pairEnd + 1;
    }
  }

  #addValue(bytes: Buffer, start: number, end: number): void {
    const from = skipBlanks(bytes, start, end);
    this.add(bytes, from, skipBlanksBack(bytes, from, end));
  }
}

/** The `;` after the pair that begins at `start`, or `end`. Hot path. */
export function cookiePairEnd(bytes: Buffer, start: number, end: number): number {
  return find(bytes, start, end, byte.semicolon);
}

/** The position of `=` where the pair that begins at `start` has exactly this name, else -1. Hot path. */
export function cookieNameEnd(bytes: Buffer, start: number, end: number, name: Buffer): number {
  const nameEnd = afterName(bytes, skipBlanks(bytes, start, end), end, name);
  if (nameEnd === -1) return -1;
  const position = skipBlanks(bytes, nameEnd, end);
  return position < end && bytes[position] === byte.equals ? position : -1;
}

/** Where the `name` at `start` ends; -1 where it is not there. Hot path. */
export function afterName(bytes: Buffer, start: number, end: number, name: Buffer): number {
  if (start + name.length > end) return -1;
  for (let index = 0; index < name.length; index++) {
    if (bytes[start + index] !== name[index]) return -1;
  }
  return start + name.length;
}
