import { networkInterfaces } from 'node:os';
import { IpAddress } from '../../../model/address.ts';
import { AF_INET, AF_INET6 } from './system-constants.ts';

/** Bytes that hold an address of either family. */
export const socketAddressSize = 28;

/** `sockaddr_in` is 16 bytes long, `sockaddr_in6` 28. */
export function socketAddressLength(family: number): number {
  return family === AF_INET6 ? 28 : 16;
}

/** IPv6 wherever the text is written so, `::ffff:10.0.0.1` included, as Node takes it. */
export function familyOf(text: string): number {
  return text.includes(':') ? AF_INET6 : AF_INET;
}

/**
 * Writes `sockaddr_in` or `sockaddr_in6`; an IPv4 address goes into the latter in its mapped place. Both are in
 * network order, except the family and the scope. Hot path.
 *
 * @param scope the interface of a link-local address, else 0
 */
export function writeSocketAddress(
  bytes: Buffer,
  at: number,
  family: number,
  address: IpAddress,
  port: number,
  scope = 0,
): void {
  bytes.writeUInt16LE(family, at);
  bytes.writeUInt16BE(port, at + 2);
  if (family === AF_INET) {
    // What follows is padding, which nobody reads.
    bytes.writeUInt32BE(address.w3, at + 4);
    return;
  }
  bytes.writeUInt32BE(0, at + 4);
  bytes.writeUInt32BE(address.w0, at + 8);
  bytes.writeUInt32BE(address.w1, at + 12);
  bytes.writeUInt32BE(address.w2, at + 16);
  bytes.writeUInt32BE(address.w3, at + 20);
  bytes.writeUInt32LE(scope, at + 24);
}

/** Reads the address into `address`. @returns the port. Hot path. */
export function readSocketAddress(bytes: Buffer, at: number, address: IpAddress): number {
  if (bytes.readUInt16LE(at) === AF_INET) {
    address.setV4(bytes.readUInt32BE(at + 4));
  } else {
    address.set(
      bytes.readUInt32BE(at + 8),
      bytes.readUInt32BE(at + 12),
      bytes.readUInt32BE(at + 16),
      bytes.readUInt32BE(at + 20),
    );
  }
  return bytes.readUInt16BE(at + 2);
}

/** An address as the kernel wants it. */
export interface SocketAddress {
  readonly family: number;
  readonly address: IpAddress;
  readonly bytes: Buffer;
}

/**
 * @param text an IP address, `fe80::1%eth0` included
 * @throws TypeError where it is none
 * @throws RangeError for a port that does not exist
 */
export function socketAddressOf(text: string, port: number): SocketAddress {
  const address = IpAddress.parse(text);
  if (address === undefined) throw new TypeError('it is not an IP address');
  const family = familyOf(text);
  const bytes = Buffer.alloc(socketAddressLength(family));
  writeSocketAddress(bytes, 0, family, address, 0, scopeOf(text));
  const socketAddress = { family, address, bytes };
  setPort(socketAddress, port);
  return socketAddress;
}

/** @throws RangeError for a port that does not exist */
export function setPort({ bytes }: SocketAddress, port: number): void {
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new RangeError(`the port must be from 0 to 65535, not ${port}`);
  bytes.writeUInt16BE(port, 2);
}

function scopeOf(text: string): number {
  const zone = text.split('%')[1];
  if (zone === undefined) return 0;
  const list = networkInterfaces()[zone] ?? [];
  return list.find(({ scopeid }) => scopeid !== undefined && scopeid > 0)?.scopeid ?? (Number(zone) || 0);
}
