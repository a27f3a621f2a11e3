/** ASN.1 in DER (ITU-T X.690), as far as a certificate needs it. */

/** One value with its tag and its length. */
export function tagged(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes = unsigned(length);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}

/** The bytes of a whole number, the highest first, without zeros before them. */
function unsigned(value: number): readonly number[] {
  const rest = Math.floor(value / 256);
  return [...(rest > 0 ? unsigned(rest) : []), value % 256];
}

export function sequence(...contents: readonly Uint8Array[]): Buffer {
  return tagged(0x30, ...contents);
}

export function set(...contents: readonly Uint8Array[]): Buffer {
  return tagged(0x31, ...contents);
}

/** @param bytes a positive number, the highest bit of which is not set */
export function integer(bytes: Uint8Array): Buffer {
  return tagged(0x02, bytes);
}

export function boolean(value: boolean): Buffer {
  return tagged(0x01, Buffer.from([value ? 0xff : 0]));
}

export function octetString(bytes: Uint8Array): Buffer {
  return tagged(0x04, bytes);
}

/** All bits of all bytes. */
export function bitString(bytes: Uint8Array): Buffer {
  return tagged(0x03, Buffer.from([0]), bytes);
}

export function utf8String(text: string): Buffer {
  return tagged(0x0c, Buffer.from(text));
}

/** @param text `1.2.840.10045.4.3.2` */
export function objectIdentifier(text: string): Buffer {
  const [first = 0, second = 0, ...others] = text.split('.').map(Number);
  const bytes = [first * 40 + second, ...others].flatMap((part) => base128(part));
  return tagged(0x06, Buffer.from(bytes));
}

/** Seven bits in each byte; all but the last have the eighth bit set. */
function base128(value: number, isLast = true): readonly number[] {
  const low = (value % 128) | (isLast ? 0 : 0x80);
  const rest = Math.floor(value / 128);
  return rest === 0 ? [low] : [...base128(rest, false), low];
}

/** As RFC 5280, section 4.1.2.5: two digits of the year before 2050, and four from then on. */
export function time(iso: string): Buffer {
  const digits = `${iso.replaceAll(/[-T:]/gu, '').slice(0, 14)}Z`;
  const isShort = digits < '2050';
  return tagged(isShort ? 0x17 : 0x18, Buffer.from(isShort ? digits.slice(2) : digits));
}
