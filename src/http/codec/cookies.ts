import { byte } from './byte-class.ts';
import { headerKind } from './header-kind.ts';
import type { RequestHead } from './request-head.ts';
import { find, skipBlanks, skipBlanksBack } from './scan.ts';

/** Values of one name that are read. Browsers hold some 50 cookies of all names for a host (RFC 6265, section 6.1). */
const maxValuesOfCookie = 50;

/**
 * The values of the cookies of one name in one request, over all `Cookie` lines: several cookies may have one name, for
 * they may differ in path or domain, and their order says nothing (RFC 6265, section 4.2.2). Names are compared byte by
 * byte and values taken as they are; only SP and HTAB around them are dropped. Reused for request after request: a value
 * that the request before had at the same place costs no new string.
 */
export class NamedCookies {
  /** How many there are, {@link maxValuesOfCookie} at most. */
  count = 0;
  /** Those after `count` are of earlier requests. */
  readonly #texts: string[] = [];

  /** The value in that place, from 0 on, or undefined where there are no more. Hot path. */
  at(nth: number): string | undefined {
    return nth < this.count ? this.#texts[nth] : undefined;
  }

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
      if (equals !== -1) this.#add(bytes, equals + 1, pairEnd);
      start = pairEnd + 1;
    }
  }

  #add(bytes: Buffer, start: number, end: number): void {
    if (this.count === maxValuesOfCookie) return;
    const from = skipBlanks(bytes, start, end);
    const to = skipBlanksBack(bytes, from, end);
    const nth = this.count++;
    const known = this.#texts[nth];
    if (known === undefined || !isText(bytes, from, to, known)) {
      this.#texts[nth] = bytes.toString('latin1', from, to);
    }
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

/** Where `name` ends that begins at `start`; -1 where it does not. Hot path. */
export function afterName(bytes: Buffer, start: number, end: number, name: Buffer): number {
  if (start + name.length > end) return -1;
  for (let index = 0; index < name.length; index++) {
    if (bytes[start + index] !== name[index]) return -1;
  }
  return start + name.length;
}

function isText(bytes: Buffer, start: number, end: number, text: string): boolean {
  if (end - start !== text.length) return false;
  for (let index = 0; index < text.length; index++) {
    if (bytes[start + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}
