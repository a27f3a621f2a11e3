import { describe, expect, it } from 'vitest';
import { anyName, encodedNameLength, readName, writeName, type NetbiosName } from '../../../src/nbns/name.ts';

function encode(name: NetbiosName): string {
  const bytes = Buffer.alloc(encodedNameLength);
  expect(writeName(name, bytes, 0)).toBe(encodedNameLength);
  return bytes.toString('latin1');
}

describe('NetBIOS names', () => {
  it('pads with spaces and puts the suffix in the sixteenth place', () => {
    const encoded = encode({ text: 'INFINITT', suffix: 0x20 });
    expect(encoded).toBe(' EJEOEGEJEOEJFEFECACACACACACACACA\0');
  });

  it('pads only the wildcard with zeros', () => {
    expect(encode(anyName)).toBe(` CK${'A'.repeat(30)}\0`);
  });

  it.each(['EJEOEGEJEOEJFEFECACACACACACACACA', `CK${'A'.repeat(30)}`])('reads %s back', (letters) => {
    const name = readName(Buffer.from(` ${letters}\0`, 'latin1'), 0, encodedNameLength);
    expect(encode(name!)).toBe(` ${letters}\0`);
  });

  it.each([
    ['a name that is cut short', ` ${'CA'.repeat(15)}\0`],
    ['a letter beyond P', ` ${'CA'.repeat(15)}CQ\0`],
    ['a lower-case letter', ` ${'CA'.repeat(15)}ca\0`],
    ['a scope', ` ${'CA'.repeat(16)}\x03foo\0`],
    ['a pointer', `\xc0\x0c${'\0'.repeat(40)}`],
    ['another label length', `\x1f${'CA'.repeat(16)}\0`],
  ])('refuses %s', (_what, bytes) => {
    expect(readName(Buffer.from(bytes, 'latin1'), 0, bytes.length)).toBeUndefined();
  });

  it.each([
    { text: 'SIXTEEN_LETTERS_', suffix: 0 },
    { text: 'PACS ', suffix: 0 },
    { text: 'ΠACS', suffix: 0 },
    { text: 'PACS', suffix: 256 },
    { text: 'PACS', suffix: 0.5 },
  ])('does not write $text with suffix $suffix', (name) => {
    expect(() => encode(name)).toThrow(RangeError);
  });
});
