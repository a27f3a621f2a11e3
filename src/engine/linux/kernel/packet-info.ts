import type { IpAddress } from '../../../model/address.ts';
import type { Libc } from './libc.ts';
import { setNumber } from './open-socket.ts';
import {
  AF_INET,
  AF_INET6,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_PKTINFO,
  IPV6_RECVPKTINFO,
  IP_PKTINFO,
} from './system-constants.ts';

/**
 * With a datagram, the kernel says which address of this machine it was sent to, and is told which one it leaves from
 * (IP_PKTINFO and IPV6_PKTINFO, in `ip(7)` and RFC 3542 §6). A socket that is bound to one address needs neither.
 */

/** `struct cmsghdr`, on 64-bit systems, and where its fields are. */
const headerBytes = 16;
const levelAt = 8;
const typeAt = 12;

/** `struct in_pktinfo`, whose second field is the address to answer from, never one of broadcast or multicast. */
const info4Bytes = 12;
const answerAt = 4;
/** `struct in6_pktinfo`, which begins with the address. */
const info6Bytes = 20;

/** Both, each as long as it is in a list: a datagram of IPv4 on a socket of IPv6 comes with both. */
export const packetInfoBytes = alignedSize(headerBytes + info4Bytes) + alignedSize(headerBytes + info6Bytes);

/** Has the kernel say where each datagram was sent to. */
export function askForPacketInfo(libc: Libc, descriptor: number, family: number): void {
  setNumber(libc, descriptor, IPPROTO_IP, IP_PKTINFO, 1);
  if (family === AF_INET6) setNumber(libc, descriptor, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
}

/**
 * Reads into `local` which address of this machine a datagram was sent to.
 *
 * @returns false, and leaves the address as it was, where that is not said, or is a multicast address. Hot path.
 */
export function readPacketInfo(bytes: Buffer, at: number, length: number, local: IpAddress): boolean {
  let isFound = false;
  const end = at + length;
  for (let message = at; message + headerBytes <= end;) {
    const level = bytes.readUInt32LE(message + levelAt);
    const type = bytes.readUInt32LE(message + typeAt);
    const info = message + headerBytes;
    if (level === IPPROTO_IP && type === IP_PKTINFO) {
      local.setV4(bytes.readUInt32BE(info + answerAt));
      return true;
    }
    // That of IPv4 follows where there is one, and knows more.
    if (level === IPPROTO_IPV6 && type === IPV6_PKTINFO && bytes[info] !== 0xff) {
      isFound = true;
      setV6(bytes, info, local);
    }
    message += alignedSize(Math.max(headerBytes, bytes.readUInt32LE(message)));
  }
  return isFound;
}

/**
 * Writes which address of this machine a datagram leaves from.
 *
 * @param family that of the socket
 * @returns how many bytes that takes. Hot path.
 */
export function writePacketInfo(bytes: Buffer, at: number, family: number, from: IpAddress): number {
  const info = at + headerBytes;
  const infoBytes = family === AF_INET ? info4Bytes : info6Bytes;
  bytes.writeUInt32LE(headerBytes + infoBytes, at);
  bytes.writeUInt32LE(0, at + 4);
  bytes.writeUInt32LE(family === AF_INET ? IPPROTO_IP : IPPROTO_IPV6, at + levelAt);
  bytes.writeUInt32LE(family === AF_INET ? IP_PKTINFO : IPV6_PKTINFO, at + typeAt);
  bytes.fill(0, info, info + infoBytes);
  if (family === AF_INET) {
    bytes.writeUInt32BE(from.w3, info + answerAt);
  } else {
    bytes.writeUInt32BE(from.w0, info);
    bytes.writeUInt32BE(from.w1, info + 4);
    bytes.writeUInt32BE(from.w2, info + 8);
    bytes.writeUInt32BE(from.w3, info + 12);
  }
  return alignedSize(headerBytes + infoBytes);
}

/** Hot path. */
function setV6(bytes: Buffer, at: number, address: IpAddress): void {
  address.set(
    bytes.readUInt32BE(at),
    bytes.readUInt32BE(at + 4),
    bytes.readUInt32BE(at + 8),
    bytes.readUInt32BE(at + 12),
  );
}

/** A message in a list begins at a multiple of 8 bytes. */
function alignedSize(size: number): number {
  return (size + 7) & ~7;
}
