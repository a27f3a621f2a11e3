import { describe, expect, it } from 'vitest';
import { IpAddress } from '../../../src/model/address.ts';
import { AddressBlock } from '../../../src/model/address-block.ts';

/** How many bits of a whole address count. */
const all = 128;

function meets(block: string, address: string, bits = all): boolean | undefined {
  return AddressBlock.parse(block)?.meets(IpAddress.parse(address)!, bits);
}

describe('a block of addresses', () => {
  it.each([
    ['10.1.0.0/16', '10.1.255.3', true],
    ['10.1.0.0/16', '10.2.0.0', false],
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3/32', '10.1.2.2', false],
    ['10.1.2.3/31', '10.1.2.2', true],
    ['0.0.0.0/0', '255.1.2.3', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['2001:db8::/32', '2001:db8:7::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['::/0', '10.1.2.3', true],
    ['2001:db8::1', '2001:db8::1', true],
  ])('%s has %s: %s', (block, address, expected) => {
    expect(meets(block, address)).toBe(expected);
  });

  it('meets another block where one lies in the other', () => {
    expect(meets('10.1.2.128/25', '10.1.2.0', 96 + 24)).toBe(true);
    expect(meets('10.1.0.0/16', '10.1.2.0', 96 + 24)).toBe(true);
    expect(meets('10.1.3.0/24', '10.1.2.0', 96 + 24)).toBe(false);
    expect(meets('10.1.2.9', '10.1.2.0', 96 + 24)).toBe(true);
  });

  it('is one address where nothing is said of bits', () => {
    expect(AddressBlock.parse('10.1.2.3')?.address?.toString()).toBe('10.1.2.3');
    expect(AddressBlock.parse('10.1.2.0/24')?.address).toBeUndefined();
  });

  it.each(['', '10.1.2', '10.1.2.3/33', '::1/129', '10.1.2.3/', '10.1.2.3/-1', 'host/8', '10.1.2.3/08x'])(
    'refuses %j',
    (text) => {
      expect(AddressBlock.parse(text)).toBeUndefined();
    },
  );
});
