import { describe, expect, it } from 'vitest';
import { AddressBook } from '../../../../../src/engine/linux/shared/address-book.ts';
import { socketAddressOf } from '../../../../../src/engine/linux/kernel/socket-address.ts';

const maxAddresses = 4096;

function expectFound(book: AddressBook, text: string, port: number): void {
  const { family, address, bytes } = book.find(text, port);
  const anew = socketAddressOf(text, port);
  expect([family, address.toString(), bytes.toString('hex')]).toEqual([
    anew.family,
    anew.address.toString(),
    anew.bytes.toString('hex'),
  ]);
}

describe('AddressBook', () => {
  it.each(['10.1.2.3', '::1', 'fd00::1:2', '::ffff:10.1.2.3'])(
    'finds %s each time with the port asked for',
    (text) => {
      const book = new AddressBook();
      expect(book.knows(text)).toBe(false);
      for (const port of [104, 65_535, 0, 104]) expectFound(book, text, port);
      expect(book.knows(text)).toBe(true);
    },
  );

  it('makes an address once', () => {
    const book = new AddressBook();
    expect(book.find('10.1.2.3', 80)).toBe(book.find('10.1.2.3', 443));
  });

  it('does not mix up addresses, nor spellings of different families', () => {
    const book = new AddressBook();
    const all = ['10.0.0.1', '10.0.0.2', '::1', '::2', '::ffff:10.0.0.1'];
    for (let round = 0; round < 3; round++)
      all.forEach((text, index) => expectFound(book, text, 1000 + index));
  });

  it.each(['here', '', '1.2.3', '10.0.0.1:80'])('refuses "%s", and does not remember it', (text) => {
    const book = new AddressBook();
    for (let i = 0; i < 2; i++) expect(() => book.find(text, 1)).toThrow(TypeError);
    expect(book.knows(text)).toBe(false);
  });

  it.each([-1, 65_536, 1.5, Number.NaN])('refuses the port %d for an address old or new', (port) => {
    const book = new AddressBook();
    expect(() => book.find('10.0.0.1', port)).toThrow(RangeError);
    expect(book.knows('10.0.0.1')).toBe(false);
    expectFound(book, '10.0.0.1', 104);
    expect(() => book.find('10.0.0.1', port)).toThrow(RangeError);
    expectFound(book, '10.0.0.1', 105);
  });

  it('reads an address with a zone anew each time, since interfaces change', () => {
    const book = new AddressBook();
    expectFound(book, 'fe80::1%7', 1);
    expect(book.knows('fe80::1%7')).toBe(false);
    expect(book.find('fe80::1%7', 1)).not.toBe(book.find('fe80::1%7', 1));
    expectFound(book, 'fe80::1%8', 2);
  });

  it('forgets all where they are too many, and goes on', () => {
    const book = new AddressBook();
    const texts = Array.from({ length: maxAddresses + 1 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
    const known = (): number => texts.filter((text) => book.knows(text)).length;
    for (const text of texts.slice(0, maxAddresses)) book.find(text, 1);
    expect(known()).toBe(maxAddresses);
    book.find(texts[0]!, 2);
    expect(known()).toBe(maxAddresses);
    book.find(texts[maxAddresses]!, 3);
    expect(known()).toBe(1);
    expectFound(book, texts[0]!, 4);
    expectFound(book, texts[maxAddresses]!, 5);
  });
});
