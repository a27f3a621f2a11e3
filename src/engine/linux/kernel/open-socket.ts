import { IpAddress } from '../../../model/address.ts';
import { isSameEnd, mayMeetItself } from '../../common/self-connection.ts';
import type { Libc } from './libc.ts';
import {
  readSocketAddress,
  socketAddressOf,
  socketAddressSize,
  type SocketAddress,
} from './socket-address.ts';
import {
  AF_INET6,
  CLOEXEC,
  EINPROGRESS,
  F_DUPFD_CLOEXEC,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPV6_V6ONLY,
  NONBLOCK,
  SOL_SOCKET,
  SO_ERROR,
  SO_KEEPALIVE,
  SO_LINGER,
  SO_REUSEPORT,
  TCP_KEEPIDLE,
  TCP_NODELAY,
} from './system-constants.ts';
import { systemError } from './system-error.ts';

/** How long a connection is silent before the system asks whether the other side still lives. */
const keepAliveDelaySeconds = 60;

/**
 * A non-blocking socket; one of IPv6 takes IPv4 as well.
 *
 * @returns its descriptor, which is the caller's
 * @throws Error of the system
 */
export function openSocket(libc: Libc, family: number, type: number): number {
  const descriptor = libc.socket(family, type | NONBLOCK | CLOEXEC, 0);
  if (descriptor < 0) throw systemError('socket', libc.errno());
  if (family === AF_INET6) setNumber(libc, descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  return descriptor;
}

/** Where to bind a socket. */
export interface BoundSocketOptions {
  readonly host: string;
  readonly port: number;
  /** Whether other sockets that say so, too, may bind the same port. @default false */
  readonly isShared?: boolean;
}

/**
 * A socket that is bound.
 *
 * @param setOptions sets what must be set before
 * @returns its descriptor, which is the caller's
 * @throws Error of the system; or as `socketAddressOf`
 */
export function openBoundSocket(
  libc: Libc,
  type: number,
  { host, port, isShared = false }: BoundSocketOptions,
  setOptions?: (descriptor: number) => void,
): number {
  const address = socketAddressOf(host, port);
  const descriptor = openSocket(libc, address.family, type);
  try {
    if (isShared) setNumber(libc, descriptor, SOL_SOCKET, SO_REUSEPORT, 1);
    setOptions?.(descriptor);
    bindSocket(libc, descriptor, address);
    return descriptor;
  } catch (error) {
    libc.close(descriptor);
    throw error;
  }
}

/**
 * Another descriptor of a socket of this process.
 *
 * @returns it; it is the caller's
 * @throws Error of the system
 */
export function duplicateSocket(libc: Libc, descriptor: number): number {
  const duplicate = libc.duplicate(descriptor, F_DUPFD_CLOEXEC, 0);
  if (duplicate < 0) throw systemError('fcntl', libc.errno());
  return duplicate;
}

/** What is sent goes out at once; what a listener accepts inherits it. */
export function setNoDelay(libc: Libc, descriptor: number): void {
  setNumber(libc, descriptor, IPPROTO_TCP, TCP_NODELAY, 1);
}

/** After a while of silence, the system asks whether the other side still lives. Inherited likewise. */
export function setKeepAlive(libc: Libc, descriptor: number): void {
  setNumber(libc, descriptor, SOL_SOCKET, SO_KEEPALIVE, 1);
  setNumber(libc, descriptor, IPPROTO_TCP, TCP_KEEPIDLE, keepAliveDelaySeconds);
}

/** @throws Error of the system */
export function bindSocket(libc: Libc, descriptor: number, { bytes }: SocketAddress): void {
  if (libc.bind(descriptor, bytes, bytes.length) < 0) throw systemError('bind', libc.errno());
}

/** Connects, or starts to. @throws Error of the system */
export function connectSocket(libc: Libc, descriptor: number, { bytes }: SocketAddress): void {
  if (libc.connect(descriptor, bytes, bytes.length) >= 0) return;
  const errno = libc.errno();
  if (errno !== EINPROGRESS) throw systemError('connect', errno);
}

/** `struct linger`: on, for 0 seconds. */
const atOnce = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);

/** Closing it sends RST, whatever is unsent, and leaves nothing of it. */
export function resetAtClose(libc: Libc, descriptor: number): void {
  libc.setOption(descriptor, SOL_SOCKET, SO_LINGER, atOnce, 8);
}

const nameBytes = Buffer.alloc(socketAddressSize);
const nameLength = Buffer.alloc(4);

/** Reads into `address` where the socket is bound. @returns the port */
export function readLocalAddress(libc: Libc, descriptor: number, address: IpAddress): number {
  nameLength.writeUInt32LE(socketAddressSize);
  if (libc.getSocketName(descriptor, nameBytes, nameLength) < 0) return 0;
  return readSocketAddress(nameBytes, 0, address);
}

const ownAddress = new IpAddress();

/** Whether a socket that connected there met itself. Hot path. */
export function isSelfConnected(libc: Libc, descriptor: number, remote: IpAddress, port: number): boolean {
  if (!mayMeetItself(port)) return false;
  return isSameEnd(ownAddress, readLocalAddress(libc, descriptor, ownAddress), remote, port);
}

/** @returns the number of the error that the system reported for the socket, 0 for none; it is told once */
export function takeError(libc: Libc, descriptor: number): number {
  const value = Buffer.alloc(4);
  const length = Buffer.from([4, 0, 0, 0]);
  libc.getOption(descriptor, SOL_SOCKET, SO_ERROR, value, length);
  return value.readInt32LE();
}

const count = Buffer.alloc(4);

/** Asks with `ioctl` for a number of bytes. @returns 0 where the system does not say */
export function readCount(libc: Libc, descriptor: number, request: number): number {
  return libc.control(descriptor, request, count) < 0 ? 0 : count.readInt32LE();
}

const number = Buffer.alloc(4);

/** Sets a socket option. A system that does not have it goes without. */
export function setNumber(libc: Libc, descriptor: number, level: number, name: number, value: number): void {
  number.writeInt32LE(value);
  libc.setOption(descriptor, level, name, number, 4);
}
