/** A NetBIOS name: at most 15 characters, and the byte in the sixteenth place that says what kind it is. */
export interface NetbiosName {
  /** Latin-1, without the spaces that pad it. */
  readonly text: string;
  /** 0 to 255: 0x00 workstation, 0x20 file server, 0x1b domain master browser, … */
  readonly suffix: number;
}

/** `*`: every machine with this address. The one name that is padded with zeros (RFC 1002 §4.2.17). */
export const anyName: NetbiosName = { text: '*', suffix: 0 };

/** Bytes of a name as it is sent: a length byte, 32 letters, and the empty label that ends it. */
export const encodedNameLength = 34;

/** Bytes of a name as a machine lists it in its status. */
export const plainNameLength = 16;

const paddedTextLength = 15;
const letterA = 0x41;

/** Writes the 16 bytes of a name. @throws RangeError where the text or the suffix does not fit */
export function writePlainName(name: NetbiosName, into: Buffer, offset: number): void {
  if (!isNetbiosText(name.text) || !isByte(name.suffix)) {
    throw new RangeError(`'${name.text}' with suffix ${name.suffix} is not a valid NetBIOS name`);
  }
  into.fill(name.text === anyName.text ? 0x00 : 0x20, offset, offset + paddedTextLength);
  into.write(name.text, offset, 'latin1');
  into[offset + paddedTextLength] = name.suffix;
}

/** Reads the 16 bytes of a name, which must all be there. */
export function readPlainName(bytes: Buffer, offset: number): NetbiosName {
  const padded = bytes.toString('latin1', offset, offset + paddedTextLength);
  const text = /^\*\0+$/.test(padded) ? anyName.text : padded.replace(/ +$/, '');
  return { text, suffix: bytes[offset + paddedTextLength] ?? 0 };
}

/**
 * Writes the first-level encoding of a name (RFC 1001 §14.1): each half byte becomes a letter from A to P.
 *
 * @returns where the name ends
 * @throws RangeError where the text or the suffix does not fit
 */
export function writeName(name: NetbiosName, into: Buffer, offset: number): number {
  const plain = Buffer.alloc(plainNameLength);
  writePlainName(name, plain, 0);
  into[offset] = 2 * plainNameLength;
  for (const [index, byte] of plain.entries()) {
    into[offset + 1 + 2 * index] = letterA + (byte >> 4);
    into[offset + 2 + 2 * index] = letterA + (byte & 0x0f);
  }
  into[offset + encodedNameLength - 1] = 0;
  return offset + encodedNameLength;
}

/**
 * Reads a first-level encoded name of {@link encodedNameLength} bytes. Names with a scope, and pointers to another
 * place in the packet, are refused: no client of today sends them, and without them nothing can loop.
 *
 * @returns undefined where there is no such name
 */
export function readName(bytes: Buffer, start: number, end: number): NetbiosName | undefined {
  if (end - start < encodedNameLength) return undefined;
  if (bytes[start] !== 2 * plainNameLength || bytes[start + encodedNameLength - 1] !== 0) return undefined;
  const plain = Buffer.alloc(plainNameLength);
  for (let index = 0; index < plainNameLength; index++) {
    const high = (bytes[start + 1 + 2 * index] ?? 0) - letterA;
    const low = (bytes[start + 2 + 2 * index] ?? 0) - letterA;
    if (high < 0 || high > 15 || low < 0 || low > 15) return undefined;
    plain[index] = (high << 4) | low;
  }
  return readPlainName(plain, 0);
}

/** At most fifteen Latin-1 characters that do not end in a space, which would be taken for padding. */
function isNetbiosText(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- NetBIOS allows every byte, browsers announce 0x01 0x02
  return /^(?:[\x00-\xff]{0,14}[\x00-\x1f\x21-\xff])?$/.test(text);
}

function isByte(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 0xff;
}
