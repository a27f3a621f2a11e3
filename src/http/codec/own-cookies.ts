import { byte } from './byte-class.ts';
import { afterName } from './cookies.ts';
import { find, skipBlanks } from './scan.ts';

/**
 * The cookies of persistence are this proxy's own, in both directions. A server may use the same name, above all
 * another proxy with its own persistence. Its cookie reaches the client under the name with a mark after it, and
 * comes back to the server without the mark, so neither overwrites the other. Each further proxy in front adds and
 * takes a mark of its own.
 */
export const cookieMark = Buffer.from('~');

/**
 * Where the name itself ends, before marks, if the pair at `start` has one of these names with any number of marks;
 * -1 otherwise. `bytes` holds {@link cookieMark} there if it is somebody else's cookie. Hot path.
 */
export function ownNameEnd(bytes: Buffer, start: number, end: number, names: readonly Buffer[]): number {
  for (const name of names) {
    const nameEnd = afterName(bytes, skipBlanks(bytes, start, end), end, name);
    if (nameEnd === -1) continue;
    let position = nameEnd;
    while (position < end && bytes[position] === byte.tilde) position++;
    position = skipBlanks(bytes, position, end);
    if (position < end && bytes[position] === byte.equals) return nameEnd;
  }
  return -1;
}

/** Where a mark goes into a `Set-Cookie` value that sets one of these cookies; -1 for others. Hot path. */
export function markPosition(bytes: Buffer, start: number, end: number, names: readonly Buffer[]): number {
  if (names.length === 0) return -1;
  return ownNameEnd(bytes, start, find(bytes, start, end, byte.semicolon), names);
}
