/**
 * True where bytes `start` to `end`, which hold no control byte, are the text of `expected` in any case.
 * Hot path.
 *
 * @param expected from {@link caseless}
 */
export function equalsIgnoringCase(bytes: Buffer, start: number, end: number, expected: Uint8Array): boolean {
  const length = expected.length;
  if (end - start !== length) return false;
  for (let index = 0; index < length; index++) {
    if (((bytes[start + index] ?? 0) | 0x20) !== expected[index]) return false;
  }
  return true;
}

/**
 * The bytes of `text` with bit 5 set, which lowers letters and keeps digits, hyphens, slashes and colons. No byte is
 * taken for another, `_` included, except control bytes.
 */
export function caseless(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0) | 0x20);
}

/** True where two stretches of bytes are the same, letters in any case. Hot path. */
export function equalsEitherCase(
  bytes: Buffer,
  start: number,
  end: number,
  other: number,
  otherEnd: number,
): boolean {
  if (end - start !== otherEnd - other) return false;
  for (let offset = 0; offset < end - start; offset++) {
    const left = bytes[start + offset] ?? 0;
    const right = bytes[other + offset] ?? 0;
    if (left !== right && (!isLetter(left) || (left ^ 0x20) !== right)) return false;
  }
  return true;
}

function isLetter(value: number): boolean {
  const lower = value | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}
