import { describe, expect, it } from 'vitest';
import {
  packetInfoBytes,
  readPacketInfo,
  writePacketInfo,
} from '../../../../../src/engine/linux/kernel/packet-info.ts';
import { AF_INET, AF_INET6 } from '../../../../../src/engine/linux/kernel/system-constants.ts';
import { IpAddress } from '../../../../../src/model/address.ts';

const at = (text: string): IpAddress => IpAddress.parse(text)!;

describe('what a control message says of a local address', () => {
  it.each([
    [AF_INET, '192.0.2.150', 32],
    [AF_INET6, '2001:db8::150', 40],
    [AF_INET6, '192.0.2.150', 40],
  ])('is read as it was written: family %d, %s', (family, text, length) => {
    const bytes = Buffer.alloc(packetInfoBytes + 3, 0xee);
    expect(writePacketInfo(bytes, 3, family, at(text))).toBe(length);
    const local = new IpAddress();
    expect(readPacketInfo(bytes, 3, length, local)).toBe(true);
    expect(local.toString()).toBe(text);
  });

  it('is that of IPv4 where both are there: it is none of broadcast', () => {
    const bytes = Buffer.alloc(packetInfoBytes);
    const first = writePacketInfo(bytes, 0, AF_INET6, at('192.0.2.255'));
    const second = writePacketInfo(bytes, first, AF_INET, at('192.0.2.150'));
    const local = new IpAddress();
    expect(readPacketInfo(bytes, 0, first + second, local)).toBe(true);
    expect(local.toString()).toBe('192.0.2.150');
  });

  it('is nothing without one, nor for multicast, nor for messages of other kinds', () => {
    const bytes = Buffer.alloc(packetInfoBytes);
    const local = at('192.0.2.9');
    expect(readPacketInfo(bytes, 0, 0, local)).toBe(false);
    expect(readPacketInfo(bytes, 0, packetInfoBytes, local)).toBe(false);
    const length = writePacketInfo(bytes, 0, AF_INET6, at('ff02::1'));
    expect(readPacketInfo(bytes, 0, length, local)).toBe(false);
    expect(local.toString()).toBe('192.0.2.9');
  });
});
