import { Socket, type ConnectOpts, type SocketConstructorOpts } from 'node:net';
import type { ConnectionHandler, ConnectOptions } from '../engine.ts';
import type { PortableContext } from './portable-context.ts';
import { PortableConnection } from './portable-connection.ts';

/** How long a connection is silent before the system asks whether the other side still lives. */
export const keepAliveDelayMs = 60_000;

/** Starts to connect; a call that Node refuses outright fails like any other, by `onClose`. */
export function connectSocket(
  context: PortableContext,
  options: ConnectOptions,
  handler: ConnectionHandler,
): PortableConnection {
  const buffer = context.readBuffer();
  const socketOptions: SocketConstructorOpts & ConnectOpts = {
    allowHalfOpen: true,
    onread: {
      buffer,
      callback: (length) => {
        connection.receive(buffer, 0, length, false);
        return true;
      },
    },
  };
  const socket = new Socket(socketOptions).setNoDelay(true).setKeepAlive(true, keepAliveDelayMs);
  const { host, port, localAddress } = options;
  const connection = new PortableConnection(context, socket, { host, port }, handler);
  try {
    socket.connect(localAddress === undefined ? { host, port } : { host, port, localAddress });
  } catch (error) {
    socket.destroy(error as Error);
  }
  return connection;
}
