import { describe, expect, it } from 'vitest';
import { AddressPrefix } from '../../../src/model/address-prefix.ts';
import { addressOf } from '../../support/policies.ts';

describe('AddressPrefix', () => {
  it.each([
    ['192.168.85.150', 32, '192.168.85.150'],
    ['192.168.85.150', 31, '192.168.85.150'],
    ['192.168.85.151', 31, '192.168.85.150'],
    ['192.168.85.150', 24, '192.168.85.0'],
    ['192.168.85.150', 1, '128.0.0.0'],
    ['::ffff:192.168.85.150', 16, '192.168.0.0'],
  ])('cuts %s to %i bits', (text, prefixV4, expected) => {
    expect(new AddressPrefix({ prefixV4, prefixV6: 1 }).of(addressOf(text)).toString()).toBe(expected);
  });

  it.each([
    ['2001:db8:1:2:3:4:5:6', 128, '2001:db8:1:2:3:4:5:6'],
    ['2001:db8:1:2:3:4:5:7', 127, '2001:db8:1:2:3:4:5:6'],
    ['2001:db8:1:2:3:4:5:6', 96, '2001:db8:1:2:3:4::'],
    ['2001:db8:1:2:3:4:5:6', 64, '2001:db8:1:2::'],
    ['2001:db8:1:2:3:4:5:6', 33, '2001:db8::'],
    ['ffff::', 1, '8000::'],
  ])('cuts %s to %i bits', (text, prefixV6, expected) => {
    expect(new AddressPrefix({ prefixV4: 1, prefixV6 }).of(addressOf(text)).toString()).toBe(expected);
  });

  it('leaves the address it is given alone', () => {
    const address = addressOf('10.1.2.3');
    new AddressPrefix({ prefixV4: 8, prefixV6: 8 }).of(address);
    expect(address.toString()).toBe('10.1.2.3');
  });
});
