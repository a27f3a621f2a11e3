import { byte } from './byte-class.ts';

/** What {@link readVersion} answers for `HTTP/` and another major version. */
export const versionUnknown = -3;
/** What it answers for bytes that are no version. */
export const versionMalformed = -2;
/** What it answers where bytes are still missing. */
export const versionUnfinished = -1;

/** Length of `HTTP/1.1`. */
export const versionBytes = 8;

const prefix = Buffer.from('HTTP/');

/**
 * Reads `HTTP/1.0` or `HTTP/1.1` at `start`: answers the minor version, 0 or 1, or why not. A later minor version,
 * which nobody has defined, understands 1.1 (RFC 9110, section 2.5). Hot path.
 */
export function readVersion(bytes: Buffer, start: number, end: number): number {
  for (let index = 0; index < versionBytes; index++) {
    const position = start + index;
    if (position >= end) return versionUnfinished;
    if (!isAllowed(index, bytes[position] ?? 0)) return versionMalformed;
  }
  if (bytes[start + 5] !== byte.zero + 1) return versionUnknown;
  return bytes[start + 7] === byte.zero ? 0 : 1;
}

function isAllowed(index: number, value: number): boolean {
  if (index < prefix.length) return value === prefix[index];
  if (index === 6) return value === byte.dot;
  return value >= byte.zero && value <= byte.nine;
}
