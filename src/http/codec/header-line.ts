import { isFieldByte, isTokenByte } from './byte-class.ts';

/**
 * A header line with its CRLF, for the `append` of head edits. Encode once, append often.
 *
 * @throws RangeError where `name` is no token or `value` holds a byte that could end the line (CR, LF, NUL,
 * any control byte) or a character beyond Latin-1
 */
export function encodeHeaderLine(name: string, value: string): Buffer {
  if (name.length === 0 || !isAll(name, isTokenByte)) {
    throw new RangeError(`Header name ${JSON.stringify(name)} is not a token`);
  }
  if (!isAll(value, isFieldByte)) {
    throw new RangeError(`The value for header ${name} holds a control or non-Latin-1 character`);
  }
  return Buffer.from(`${name}: ${value}\r\n`, 'latin1');
}

function isAll(text: string, allowed: Uint8Array): boolean {
  for (let index = 0; index < text.length; index++) {
    if (allowed[text.charCodeAt(index)] !== 1) return false;
  }
  return true;
}
