import { byte } from './byte-class.ts';
import { cookieNameEnd, cookiePairEnd } from './cookies.ts';
import { appendBytes, copyBytes } from './output.ts';
import { skipBlanks } from './scan.ts';

const linePrefix = Buffer.from('Cookie: ');
const lineEnd = Buffer.from('\r\n');

/** True where the cookies in bytes `start` to `end` include one of `names`. Hot path. */
export function holdsCookie(bytes: Buffer, start: number, end: number, names: readonly Buffer[]): boolean {
  if (names.length === 0) return false;
  let pairStart = start;
  while (pairStart < end) {
    if (isNamed(bytes, pairStart, end, names)) return true;
    pairStart = cookiePairEnd(bytes, pairStart, end) + 1;
  }
  return false;
}

/**
 * Writes a `Cookie` line with the cookies in bytes `start` to `end` but those of `names`; no line where none
 * is left. The others stay byte by byte, order and odd spelling included. Hot path.
 *
 * @returns the position in `out` after the line
 */
export function writeOtherCookies(
  out: Buffer,
  position: number,
  bytes: Buffer,
  start: number,
  end: number,
  names: readonly Buffer[],
): number {
  let written = position;
  let pairStart = start;
  while (pairStart < end) {
    const pairEnd = cookiePairEnd(bytes, pairStart, end);
    if (!isNamed(bytes, pairStart, end, names)) {
      const isFirst = written === position;
      const from = isFirst ? skipBlanks(bytes, pairStart, pairEnd) : pairStart;
      if (!isFirst) out[written++] = byte.semicolon;
      else if (from < pairEnd) written = appendBytes(out, position, linePrefix);
      written = copyBytes(out, written, bytes, from, pairEnd);
    }
    pairStart = pairEnd + 1;
  }
  return written === position ? position : appendBytes(out, written, lineEnd);
}

function isNamed(bytes: Buffer, start: number, end: number, names: readonly Buffer[]): boolean {
  for (const name of names) {
    if (cookieNameEnd(bytes, start, end, name) !== -1) return true;
  }
  return false;
}
