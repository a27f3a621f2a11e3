import { byte } from './byte-class.ts';

/** What {@link readVersion} answers for `HTTP/` and two digits that are neither 1.0 nor 1.1. */
export const versionUnknown = -3;
/** What it answers for bytes that are no version. */
export const versionMalformed = -2;
/** What it answers where bytes are still missing. */
export const versionUnfinished = -1;

/** Length of `HTTP/1.1`. */
export const versionBytes = 8;

const prefix = Buffer.from('HTTP/');

/** Reads `HTTP/1.0` or `HTTP/1.1` at `start`: answers the minor version, 0 or 1, or why not. Hot path. */
export function readVersion(bytes: Buffer, start: number, end: number): number {
  for (let index = 0; index < versionBytes; index++) {
    const position = start + index;
    if (position >= end) return versionUnfinished;
    if (!isAllowed(index, bytes[position] ?? 0)) return versionMalformed;
  }
  if (bytes[start + 5] !== byte.zero + 1) return versionUnknown;
  const minor = (bytes[start + 7] ?? 0) - byte.zero;
  return minor <= 1 ? minor : versionUnknown;
}

function isAllowed(index: number, value: number): boolean {
  if (index < prefix.length) return value === prefix[index];
  if (index === 6) return value === byte.dot;
  return value >= byte.zero && value <= byte.nine;
}
