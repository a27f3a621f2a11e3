import { byte } from './byte-class.ts';
import { cookiePairEnd } from './cookies.ts';
import type { HeadCopy } from './head-copy.ts';
import type { HeaderTable } from './header-table.ts';
import { ownNameEnd } from './own-cookies.ts';
import { skipBlanks } from './scan.ts';

/**
 * Leaves the cookies of `names` out of the `Cookie` line `index`, or the whole line where it has no others. One with
 * a mark after such a name is somebody else's, and loses one mark. All others stay byte by byte, order and odd
 * spelling included. Hot path.
 */
export function leaveOutCookies(
  copy: HeadCopy,
  bytes: Buffer,
  headers: HeaderTable,
  index: number,
  names: readonly Buffer[],
): void {
  const start = headers.valueStart(index);
  const end = headers.valueEnd(index);
  let hasKept = false;
  let hasRemoved = false;
  let pairStart = start;
  while (pairStart < end) {
    const pairEnd = cookiePairEnd(bytes, pairStart, end);
    const nameEnd = ownNameEnd(bytes, pairStart, pairEnd, names);
    const isMarked = nameEnd !== -1 && bytes[nameEnd] === byte.tilde;
    if (nameEnd !== -1 && !isMarked) {
      // With the semicolon before it, and with one that ends the line.
      if (hasKept) copy.leaveOut(pairStart - 1, pairEnd + 1 < end ? pairEnd : end);
      hasRemoved = true;
    } else if (!hasKept) {
      const first = skipBlanks(bytes, pairStart, pairEnd);
      hasKept = first < pairEnd;
      if (hasKept && hasRemoved) copy.leaveOut(start, first);
    }
    if (isMarked) copy.leaveOut(nameEnd, nameEnd + 1);
    pairStart = pairEnd + 1;
  }
  if (hasRemoved && !hasKept) copy.leaveOut(headers.lineStart(index), headers.lineEnd(index));
}
