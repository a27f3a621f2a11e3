import { cookieNameEnd, cookiePairEnd } from './cookies.ts';
import type { HeadCopy } from './head-copy.ts';
import type { HeaderTable } from './header-table.ts';
import { skipBlanks } from './scan.ts';

/**
 * Leaves the cookies of `names` out of the `Cookie` line `index`, and the whole line where no other is in it. The others
 * stay byte by byte, order and odd spelling included. Hot path.
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
    if (isNamed(bytes, pairStart, end, names)) {
      // With the semicolon before it, and with one that ends the line.
      if (hasKept) copy.leaveOut(pairStart - 1, pairEnd + 1 < end ? pairEnd : end);
      hasRemoved = true;
    } else if (!hasKept) {
      const first = skipBlanks(bytes, pairStart, pairEnd);
      hasKept = first < pairEnd;
      if (hasKept && hasRemoved) copy.leaveOut(start, first);
    }
    pairStart = pairEnd + 1;
  }
  if (hasRemoved && !hasKept) copy.leaveOut(headers.lineStart(index), headers.lineEnd(index));
}

function isNamed(bytes: Buffer, start: number, end: number, names: readonly Buffer[]): boolean {
  for (const name of names) {
    if (cookieNameEnd(bytes, start, end, name) !== -1) return true;
  }
  return false;
}
