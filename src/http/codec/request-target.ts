import { byte } from './byte-class.ts';
import { caseless, equalsIgnoringCase } from './caseless.ts';

/** How a request target is written (RFC 9112, section 3.2); the authority form is for CONNECT, which is refused. */
export type TargetForm = 'origin' | 'absolute' | 'asterisk';

const schemes = [caseless('http://'), caseless('https://')];

/** The form of the target in bytes `start` to `end`, or undefined where it has none. Hot path. */
export function targetFormOf(bytes: Buffer, start: number, end: number): TargetForm | undefined {
  if (bytes[start] === byte.slash) return 'origin';
  if (bytes[start] === byte.asterisk && end - start === 1) return 'asterisk';
  return authorityStart(bytes, start, end) === -1 ? undefined : 'absolute';
}

/** Where the authority of an absolute target begins, or -1. */
export function authorityStart(bytes: Buffer, start: number, end: number): number {
  for (const scheme of schemes) {
    const schemeEnd = start + scheme.length;
    if (schemeEnd <= end && equalsIgnoringCase(bytes, start, schemeEnd, scheme)) return schemeEnd;
  }
  return -1;
}

/** The port of an absolute target whose authority begins at `authority` and has none. */
export function defaultPort(start: number, authority: number): number {
  return authority - start === schemes[0]?.length ? 80 : 443;
}

/** Where the authority that begins at `start` ends: at the path, the query or the end. */
export function authorityEnd(bytes: Buffer, start: number, end: number): number {
  let position = start;
  while (position < end && bytes[position] !== byte.slash && bytes[position] !== byte.question) position++;
  return position;
}
