import { isIP, type OnReadOpts, type TcpNetConnectOpts } from 'node:net';
import type { ConnectionHandler, ConnectOptions } from '../../engine.ts';
import type { PortableContext } from '../shared/portable-context.ts';
import { NameConnect } from './name-connect.ts';
import { OutgoingSocket, startConnecting } from './outgoing-socket.ts';
import { PortableConnection } from './portable-connection.ts';

/** Starts to connect; a call that Node refuses outright fails like any other, by `onClose`. */
export function connectSocket(
  context: PortableContext,
  options: ConnectOptions,
  handler: ConnectionHandler,
): PortableConnection {
  const { host, port } = options;
  const buffer = context.readBuffer();
  const callback = (length: number): boolean => {
    connection.receive(buffer, 0, length);
    return true;
  };
  const byName = isIP(host) === 0 ? new NameConnect(context.names, options) : undefined;
  const socket = beginConnect(plainOptions(options, { buffer, callback }, byName));
  byName?.observe(socket);
  // Bytes come on a later tick, when `connection` is set.
  const connection = new PortableConnection(context, socket, { host, port }, handler);
  return connection;
}

/**
 * `net.Socket` copies its options and adds to the copy. In Node 20, V8 makes a new hidden class for each such copy,
 * those of accepted sockets too, which takes some 5 µs a socket. Once it has met an object without a prototype there,
 * it makes none.
 */
function plainOptions(
  { host, port, localAddress }: ConnectOptions,
  onread: OnReadOpts,
  byName: NameConnect | undefined,
): TcpNetConnectOpts {
  const options: TcpNetConnectOpts & { __proto__: null } = {
    __proto__: null,
    allowHalfOpen: true,
    noDelay: true,
    host,
    port,
    localAddress,
    onread,
  };
  return byName === undefined ? options : Object.assign(options, byName.options);
}

/** @returns a socket that fails on a later tick where Node throws, as for a port or address that is none */
function beginConnect(options: TcpNetConnectOpts): OutgoingSocket {
  try {
    return startConnecting(options);
  } catch (error) {
    return new OutgoingSocket().destroy(error as Error);
  }
}
