/** The bytes that the grammar of HTTP/1.1 names, so that code can too. */
export const byte = {
  htab: 0x09,
  lf: 0x0a,
  cr: 0x0d,
  space: 0x20,
  quote: 0x22,
  asterisk: 0x2a,
  comma: 0x2c,
  dash: 0x2d,
  dot: 0x2e,
  slash: 0x2f,
  zero: 0x30,
  one: 0x31,
  nine: 0x39,
  colon: 0x3a,
  semicolon: 0x3b,
  equals: 0x3d,
  question: 0x3f,
  openBracket: 0x5b,
  backslash: 0x5c,
  closeBracket: 0x5d,
  tilde: 0x7e,
} as const;

const upperCase = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const digits = '0123456789';
const letters = upperCase + upperCase.toLowerCase();
const printable = String.fromCharCode(...Array.from({ length: 0x7e - 0x20 }, (_, index) => 0x21 + index));
const beyondAscii = String.fromCharCode(...Array.from({ length: 0x80 }, (_, index) => 0x80 + index));

/** `tchar` of RFC 9110, section 5.6.2: names of header fields and their parameters. */
export const isTokenByte = table(letters + digits + "!#$%&'*+-.^_`|~");

/**
 * What a method may be written with. Methods are case-sensitive and every registered one is upper case;
 * `get` reaches a server that may or may not take it for `GET`, so it is refused.
 */
export const isMethodByte = table(upperCase + digits + '-_');

/** Request targets: printable ASCII without `#`, which never leaves a client (RFC 9112, section 3.2). */
export const isTargetByte = table(printable.replace('#', ''));

/** Field values and reason phrases: HTAB, SP, printable ASCII and `obs-text` (RFC 9110, section 5.5). */
export const isFieldByte = table(`\t ${printable}${beyondAscii}`);

/** The host name of a `Host` header: no `reg-name` oddities such as `,` or `@` that parsers disagree on. */
export const isHostByte = table(`${letters + digits}-._~`);

/** The inside of an address in brackets. */
export const isIpv6Byte = table(`${digits}abcdefABCDEF:.`);

/** The value of a hexadecimal digit, 255 for every other byte. */
export const hexValue = new Uint8Array(256).fill(255);
for (let digit = 0; digit < 16; digit++) {
  const character = digit.toString(16);
  hexValue[character.charCodeAt(0)] = digit;
  hexValue[character.toUpperCase().charCodeAt(0)] = digit;
}

/** Hexadecimal digits where a standard allows no capital ones. */
export const isLowerHexByte = table(`${digits}abcdef`);

/** 256 entries, 1 for the bytes of `characters`. */
function table(characters: string): Uint8Array {
  const entries = new Uint8Array(256);
  for (const character of characters) entries[character.charCodeAt(0)] = 1;
  return entries;
}
