import { byte } from './byte-class.ts';

/** What {@link skipEmptyLines} answers where there are none. */
export const noEmptyLine = -1;

/**
 * Passes over empty lines where a head is awaited: some clients send one behind the body of a request, and it begins
 * no request (RFC 9112, section 2.2). Any number of them, as nginx and HAProxy. Hot path.
 *
 * @returns the position after them, which is that of a CR whose LF is still to come, or {@link noEmptyLine} where
 * something else begins at `start`
 */
export function skipEmptyLines(bytes: Buffer, start: number, end: number): number {
  if (start >= end || bytes[start] !== byte.cr) return noEmptyLine;
  let position = start;
  while (position + 1 < end && bytes[position] === byte.cr && bytes[position + 1] === byte.lf) position += 2;
  return position > start || start + 1 === end ? position : noEmptyLine;
}
