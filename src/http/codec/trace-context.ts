import { byte, isLowerHexByte } from './byte-class.ts';
import { caseless, equalsIgnoringCase } from './caseless.ts';
import { headerKind } from './header-kind.ts';
import type { HeaderTable } from './header-table.ts';

/**
 * Where the parts of a `traceparent` begin (W3C Trace Context, section 3.2): version, trace, span and flags, all of them
 * hexadecimal, with a dash between. Version 00 ends there; a later one may go on after another dash.
 */
export const tracePlaces = { version: 0, traceId: 3, spanId: 36, flags: 53, end: 55 } as const;

const traceparent = caseless('traceparent');
const tracestate = caseless('tracestate');
const letterF = 0x66;

/**
 * The `traceparent` of a head, where the server gets it, it is valid and the only one. Hot path.
 *
 * @returns its index, or -1
 */
export function findTraceparent(bytes: Buffer, headers: HeaderTable): number {
  let found = -1;
  for (let index = 0; index < headers.count; index++) {
    if (!equalsIgnoringCase(bytes, headers.lineStart(index), headers.nameEnd(index), traceparent)) continue;
    if (found !== -1 || headers.kind(index) !== headerKind.other) return -1;
    found = index;
  }
  if (found === -1) return -1;
  return isTraceparent(bytes, headers.valueStart(found), headers.valueEnd(found)) ? found : -1;
}

/**
 * Marks what a head says of traces, so that the server does not get it: it does not belong to one that begins anew
 * (section 4.2). Hot path.
 */
export function leaveOutTrace(bytes: Buffer, headers: HeaderTable): void {
  let isMarked = false;
  for (let index = 0; index < headers.count; index++) {
    const start = headers.lineStart(index);
    const end = headers.nameEnd(index);
    if (
      equalsIgnoringCase(bytes, start, end, traceparent) ||
      equalsIgnoringCase(bytes, start, end, tracestate)
    ) {
      headers.setKind(index, headerKind.otherTrace);
      isMarked = true;
    }
  }
  if (isMarked) headers.chainAnew();
}

function isTraceparent(bytes: Buffer, start: number, end: number): boolean {
  const { version, traceId, spanId, flags, end: length } = tracePlaces;
  return (
    isPart(bytes, start + version, 2, letterF) &&
    isPart(bytes, start + traceId, 32, byte.zero) &&
    isPart(bytes, start + spanId, 16, byte.zero) &&
    isHex(bytes, start + flags, 2) &&
    (end === start + length || goesOn(bytes, start, end))
  );
}

/** Whether digits stand there that are not all the `forbidden` one, and a dash after them. */
function isPart(bytes: Buffer, start: number, count: number, forbidden: number): boolean {
  if (bytes[start + count] !== byte.dash || !isHex(bytes, start, count)) return false;
  for (let position = start; position < start + count; position++) {
    if (bytes[position] !== forbidden) return true;
  }
  return false;
}

function isHex(bytes: Buffer, start: number, count: number): boolean {
  for (let position = start; position < start + count; position++) {
    if (isLowerHexByte[bytes[position] ?? 0] !== 1) return false;
  }
  return true;
}

/** A version that is not known yet has more parts. */
function goesOn(bytes: Buffer, start: number, end: number): boolean {
  const position = start + tracePlaces.end;
  const isFirstVersion = bytes[start] === byte.zero && bytes[start + 1] === byte.zero;
  return position < end && bytes[position] === byte.dash && !isFirstVersion;
}
