import { connect, type Socket } from 'node:net';
import { connectionOptions, timeoutError, trafficError, type TrafficTarget } from './traffic-target.ts';

/**
 * Holds one conversation over a TCP connection, within the target's time limit, and leaves nothing open.
 *
 * @throws Error that names the target, for whatever goes wrong
 */
export async function converse<T>(target: TrafficTarget, talk: (socket: Socket) => Promise<T>): Promise<T> {
  const socket = connect({ ...connectionOptions(target), noDelay: true });
  const limit = setTimeout(() => socket.destroy(timeoutError(target)), target.timeoutMs);
  // Who reads the socket is told only that it closed; the first error says why.
  let failure: Error | undefined;
  socket.on('error', (error) => (failure ??= error));
  try {
    return await talk(socket);
  } catch (error) {
    throw trafficError(target, failure ?? error);
  } finally {
    clearTimeout(limit);
    socket.destroy();
  }
}
