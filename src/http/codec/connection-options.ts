import { byte, isTokenByte } from './byte-class.ts';
import { caseless, equalsEitherCase, equalsIgnoringCase } from './caseless.ts';
import { headerKind, headerKindOf } from './header-kind.ts';
import type { HeaderTable } from './header-table.ts';
import { find, skip, skipBlanks } from './scan.ts';

/** What a `Connection` header may ask for, as bits. */
export const connectionOption = { close: 1, keepAlive: 2, upgrade: 4, tooMany: 8 } as const;

/**
 * Headers that one message may nominate. Looking each up among all headers is quadratic, and no honest
 * message nominates more than a few.
 */
const maxNominations = 32;

const close = caseless('close');
const keepAlive = caseless('keep-alive');
const upgrade = caseless('upgrade');

/**
 * Reads every `Connection` header of `headers`: answers what it asks for, and marks the headers that it
 * nominates as {@link headerKind}.nominated. A header that this proxy or the server relies on (`Host`,
 * `Content-Length`, `Cookie`, `X-Forwarded-For`, …) cannot be nominated away: a client that
 * sends `Connection: X-Forwarded-For` would choose what the server believes. Hot path.
 */
export function readConnectionOptions(bytes: Buffer, headers: HeaderTable): number {
  let options = 0;
  let nominations = 0;
  for (let index = headers.firstKnown; index !== -1; index = headers.nextKnown(index)) {
    if (headers.kind(index) !== headerKind.connection) continue;
    const end = headers.valueEnd(index);
    let position = headers.valueStart(index);
    while (position < end) {
      const start = position;
      position = skip(bytes, position, end, isTokenByte);
      const option = position === start ? 0 : optionOf(bytes, start, position);
      options |= option;
      if (position > start && option === 0) {
        if (++nominations > maxNominations) return options | connectionOption.tooMany;
        nominate(bytes, start, position, headers);
      }
      position = skipBlanks(bytes, find(bytes, position, end, byte.comma) + 1, end);
    }
  }
  return options;
}

function optionOf(bytes: Buffer, start: number, end: number): number {
  if (equalsIgnoringCase(bytes, start, end, keepAlive)) return connectionOption.keepAlive;
  if (equalsIgnoringCase(bytes, start, end, close)) return connectionOption.close;
  if (equalsIgnoringCase(bytes, start, end, upgrade)) return connectionOption.upgrade;
  return 0;
}

function nominate(bytes: Buffer, start: number, end: number, headers: HeaderTable): void {
  if (headerKindOf(bytes, start, end) !== headerKind.other) return;
  for (let index = 0; index < headers.count; index++) {
    if (headers.kind(index) !== headerKind.other) continue;
    const lineStart = headers.lineStart(index);
    if (equalsEitherCase(bytes, start, end, lineStart, headers.nameEnd(index))) {
      headers.setKind(index, headerKind.nominated);
    }
  }
  headers.chainAnew();
}
