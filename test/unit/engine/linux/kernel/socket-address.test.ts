import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import {
  familyOf,
  readSocketAddress,
  socketAddressLength,
  socketAddressOf,
  writeSocketAddress,
} from '../../../../../src/engine/linux/kernel/socket-address.ts';
import { AF_INET, AF_INET6 } from '../../../../../src/engine/linux/kernel/system-constants.ts';
import { IpAddress } from '../../../../../src/model/address.ts';

describe('socketAddressOf', () => {
  it('writes IPv4 as sockaddr_in', () => {
    const { family, bytes } = socketAddressOf('10.1.2.3', 104);
    expect(family).toBe(AF_INET);
    expect(bytes.toString('hex')).toBe('02000068' + '0a010203' + '0000000000000000');
  });

  it('writes IPv6 as sockaddr_in6', () => {
    const { family, bytes } = socketAddressOf('fd00::1:2', 65_535);
    expect(family).toBe(AF_INET6);
    expect(bytes.toString('hex')).toBe(
      '0a00ffff' + '00000000' + `fd00${'0000'.repeat(5)}00010002` + '00000000',
    );
  });

  it('keeps IPv4 in IPv6 where it is written so', () => {
    const { family, bytes } = socketAddressOf('::ffff:10.1.2.3', 1);
    expect(family).toBe(AF_INET6);
    expect(bytes.toString('hex', 8, 24)).toBe('00000000000000000000ffff0a010203');
  });

  it('takes the scope of a link-local address by number and by name', () => {
    expect(socketAddressOf('fe80::1%7', 1).bytes.readUInt32LE(24)).toBe(7);
    expect(socketAddressOf('fe80::1%no-such-interface', 1).bytes.readUInt32LE(24)).toBe(0);
    for (const [name, list] of Object.entries(networkInterfaces())) {
      const scope = list?.find(({ scopeid }) => scopeid !== undefined && scopeid > 0)?.scopeid ?? 0;
      expect(socketAddressOf(`fe80::1%${name}`, 1).bytes.readUInt32LE(24)).toBe(scope);
    }
  });

  it('refuses what is no address and no port', () => {
    expect(() => socketAddressOf('here', 1)).toThrow(TypeError);
    for (const port of [-1, 65_536, 1.5, Number.NaN]) {
      expect(() => socketAddressOf('127.0.0.1', port)).toThrow(RangeError);
    }
  });
});

describe('writeSocketAddress and readSocketAddress', () => {
  it.each([
    ['0.0.0.0', 0],
    ['255.255.255.255', 65_535],
    ['127.0.0.1', 104],
    ['::', 0],
    ['::1', 11_112],
    ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 65_535],
    ['2001:db8::8a2e:370:7334', 443],
  ])('give back %s and port %d, at any place', (text, port) => {
    const address = IpAddress.parse(text)!;
    for (const at of [0, 32, 5]) {
      const bytes = Buffer.alloc(64, 0xee);
      const family = familyOf(text);
      writeSocketAddress(bytes, at, family, address, port);
      const read = new IpAddress();
      expect(readSocketAddress(bytes, at, read)).toBe(port);
      expect(read.toString()).toBe(text);
      const end = at + socketAddressLength(family);
      expect(bytes.subarray(end).every((byte) => byte === 0xee)).toBe(true);
      expect(bytes.subarray(0, at).every((byte) => byte === 0xee)).toBe(true);
    }
  });

  it('read IPv4 out of a mapped address as IPv4', () => {
    const bytes = Buffer.alloc(28);
    writeSocketAddress(bytes, 0, AF_INET6, IpAddress.parse('10.1.2.3')!, 9);
    const read = new IpAddress();
    readSocketAddress(bytes, 0, read);
    expect(read.toString()).toBe('10.1.2.3');
    expect(read.isV4).toBe(true);
  });
});
