import { byte, isTokenByte } from './byte-class.ts';
import { caseless, equalsIgnoringCase } from './caseless.ts';
import { headerKind } from './header-kind.ts';
import type { HeaderTable } from './header-table.ts';
import { find, skip, skipBlanks } from './scan.ts';

/**
 * Schemes that authenticate a connection and not a request: whatever comes on it later is taken for the same
 * user's (RFC 4559, section 6; HAProxy knows the same names).
 */
const schemes = ['ntlm', 'negotiate', 'nego2'].map(caseless);

/**
 * Whether bytes `start` to `end`, credentials or a list of challenges, name such a scheme. It may be found
 * within a quoted parameter as well: that costs a shared connection, and no more.
 */
export function namesConnectionLogin(bytes: Buffer, start: number, end: number): boolean {
  let position = start;
  while (position < end) {
    const schemeStart = skipBlanks(bytes, position, end);
    position = skip(bytes, schemeStart, end, isTokenByte);
    for (const scheme of schemes) {
      if (equalsIgnoringCase(bytes, schemeStart, position, scheme)) return true;
    }
    position = find(bytes, position, end, byte.comma) + 1;
  }
  return false;
}

/** Whether a 401 or 407 asks for such a login. */
export function asksForConnectionLogin(bytes: Buffer, headers: HeaderTable): boolean {
  for (let index = headers.firstKnown; index !== -1; index = headers.nextKnown(index)) {
    if (headers.kind(index) !== headerKind.challenge) continue;
    if (namesConnectionLogin(bytes, headers.valueStart(index), headers.valueEnd(index))) return true;
  }
  return false;
}
