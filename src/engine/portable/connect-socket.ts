import { connect, Socket, type NetConnectOpts } from 'node:net';
import type { ConnectionHandler, ConnectOptions } from '../engine.ts';
import type { PortableContext } from './portable-context.ts';
import { PortableConnection } from './portable-connection.ts';

/** How every socket is set, accepted or not. The system asks for the other side after a minute of silence. */
export const socketSettings = {
  allowHalfOpen: true,
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: 60_000,
} as const;

/** Starts to connect; a call that Node refuses outright fails like any other, by `onClose`. */
export function connectSocket(
  context: PortableContext,
  options: ConnectOptions,
  handler: ConnectionHandler,
): PortableConnection {
  const { host, port, localAddress } = options;
  const buffer = context.readBuffer();
  const callback = (length: number): boolean => {
    connection.receive(buffer, 0, length);
    return true;
  };
  const socket = beginConnect({
    ...socketSettings,
    host,
    port,
    ...(localAddress === undefined ? undefined : { localAddress }),
    onread: { buffer, callback },
  });
  // Bytes come on a later tick, when `connection` is set.
  const connection = new PortableConnection(context, socket, { host, port }, handler);
  return connection;
}

/** @returns a socket that fails on a later tick where Node throws, as for a port or address that is none */
function beginConnect(options: NetConnectOpts): Socket {
  try {
    return connect(options);
  } catch (error) {
    return new Socket().destroy(error as Error);
  }
}
