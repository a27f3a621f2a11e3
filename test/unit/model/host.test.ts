import { describe, expect, it } from 'vitest';
import { haveAddressInCommon, isSameHost, isServedBy } from '../../../src/model/host.ts';

describe('hosts', () => {
  it.each([
    ['192.0.2.1', '::ffff:192.0.2.1', true],
    ['2001:db8::1', '2001:0db8:0:0::1', true],
    ['PACS1.example', 'pacs1.example.', true],
    ['pacs1.example', 'pacs2.example', false],
    ['192.0.2.1', '192.0.2.2', false],
  ])('%s and %s are the same: %s', (one, other, isSame) => {
    expect([isSameHost(one, other), isSameHost(other, one)]).toEqual([isSame, isSame]);
  });

  it.each([
    ['192.0.2.1', '192.0.2.1', true],
    ['192.0.2.1', '0.0.0.0', true],
    ['::', '192.0.2.1', true],
    ['192.0.2.1', '192.0.2.2', false],
  ])('listeners on %s and %s have an address in common: %s', (one, other, have) => {
    expect([haveAddressInCommon(one, other), haveAddressInCommon(other, one)]).toEqual([have, have]);
  });

  it.each([
    ['192.0.2.1', '192.0.2.1', true],
    ['0.0.0.0', 'localhost', true],
    ['0.0.0.0', '192.0.2.1', false],
    ['192.0.2.1', '127.0.0.1', false],
    ['192.0.2.1', 'pacs.example', false],
  ])('a listener on %s serves %s: %s', (address, host, serves) => {
    expect(isServedBy(address, host)).toBe(serves);
  });
});
