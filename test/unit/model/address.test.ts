import { describe, expect, it } from 'vitest';
import { IpAddress, isIpAddress } from '../../../src/model/address.ts';
import { addressOf } from '../../support/policies.ts';

function wordsOf(text: string): number[] {
  const { w0, w1, w2, w3 } = addressOf(text);
  return [w0, w1, w2, w3];
}

describe('parsing', () => {
  it.each([
    ['0.0.0.0', [0, 0, 0xffff, 0]],
    ['192.168.85.200', [0, 0, 0xffff, 0xc0a855c8]],
    ['255.255.255.255', [0, 0, 0xffff, 0xffffffff]],
    ['::', [0, 0, 0, 0]],
    ['::1', [0, 0, 0, 1]],
    ['2001:db8::8:800:200c:417a', [0x20010db8, 0, 0x00080800, 0x200c417a]],
    ['FFFF:ffff:FFFF:ffff:FFFF:ffff:FFFF:ffff', [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff]],
    ['1:2:3:4:5:6:7::', [0x00010002, 0x00030004, 0x00050006, 0x00070000]],
    ['64:ff9b::192.0.2.33', [0x0064ff9b, 0, 0, 0xc0000221]],
  ])('reads %s', (text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });

  it('has IPv4 in its mapped place, so that both spellings are one address', () => {
    for (const text of ['::ffff:10.1.2.3', '::FFFF:0a01:203', '0:0:0:0:0:ffff:10.1.2.3']) {
      expect(addressOf(text).equals(addressOf('10.1.2.3'))).toBe(true);
      expect(addressOf(text).isV4).toBe(true);
    }
    expect(addressOf('::10.1.2.3').isV4).toBe(false);
  });

  it('drops the zone', () => {
    expect(addressOf('fe80::1%eth0').equals(addressOf('fe80::1'))).toBe(true);
    expect(String(addressOf('fe80::1%br_lan'))).toBe('fe80::1');
    expect(addressOf('::ffff:10.1.2.3%2').isV4).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['a host name', 'pacs.hospital.example'],
    ['three octets', '10.0.1'],
    ['five octets', '10.0.0.0.1'],
    ['an octet too large', '10.0.0.256'],
    ['a leading zero, which some read as octal', '10.0.0.01'],
    ['an empty octet', '10..0.1'],
    ['a dot at the end', '10.0.0.1.'],
    ['a sign', '10.0.0.-1'],
    ['a zone on IPv4', '10.0.0.1%eth0'],
    ['an empty zone', 'fe80::1%'],
    ['a port', '10.0.0.1:104'],
    ['brackets', '[::1]'],
    ['a space', ' ::1'],
    ['seven groups', '1:2:3:4:5:6:7'],
    ['nine groups', '1:2:3:4:5:6:7:8:9'],
    ['a gap for nothing', '1:2:3:4::5:6:7:8'],
    ['two gaps', '1::2::3'],
    ['three colons', ':::'],
    ['one colon at the start', ':1:2:3:4:5:6:7'],
    ['one colon at the end', '1:2:3:4:5:6:7:'],
    ['a group of five digits', '00001::'],
    ['a letter that is no digit', '::g'],
    ['a dotted part that does not end it', '1.2.3.4::'],
    ['a dotted part before a gap', '1:1.2.3.4::5'],
    ['a dotted part in the middle', '::1.2.3.4:5'],
    ['a dotted part with seven groups', '1:2:3:4:5:6:7:1.2.3.4'],
    ['a wrong dotted part', '::ffff:1.2.3.400'],
  ])('refuses %s', (_what, text) => {
    expect(isIpAddress(text)).toBe(false);
  });

  it('leaves an address as it was where the text is none', () => {
    const address = addressOf('10.0.0.1');
    expect(address.setText('10.0.0.1.9')).toBe(false);
    expect(String(address)).toBe('10.0.0.1');
  });
});

describe('canonical text (RFC 5952)', () => {
  it.each([
    ['2001:0db8:0000:0000:0000:0000:0002:0001', '2001:db8::2:1'],
    ['2001:DB8::1', '2001:db8::1'],
    // One zero group is not shortened, section 4.2.2.
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    // The longest run is, and the first of two equal ones, section 4.2.3.
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['1:0:0:0:0:0:0:0', '1::'],
    ['0:0:1:2:3:4:5:6', '::1:2:3:4:5:6'],
    ['1:2:3:4:5:6:0:0', '1:2:3:4:5:6::'],
    ['::ffff:c0a8:55c8', '192.168.85.200'],
  ])('of %s is %s', (text, canonical) => {
    expect(String(addressOf(text))).toBe(canonical);
  });

  it('is made anew when the address changes', () => {
    const address = addressOf('10.0.0.1');
    expect(String(address)).toBe('10.0.0.1');
    expect(String(address.setV4(0x0a000002))).toBe('10.0.0.2');
    expect(String(address.set(0, 0, 0, 1))).toBe('::1');
  });
});

it('copies what outlives an instance that is reused', () => {
  const reused = addressOf('10.0.0.1');
  const copy = reused.copy();
  reused.setText('10.0.0.2');
  expect(String(copy)).toBe('10.0.0.1');
  expect(copy.equals(reused)).toBe(false);
  expect(copy.equals(IpAddress.parse('10.0.0.1')!)).toBe(true);
});
