import { readSync } from 'node:fs';
import type { Socket } from 'node:net';

/** The descriptor of a socket, which Node documents nowhere; -1 on Windows. */
interface WithDescriptor {
  readonly _handle?: { readonly fd?: number } | null;
}

const byte = Buffer.allocUnsafeSlow(1);

/**
 * Reads one byte from a socket without waiting: with Node, the only way to see what has arrived is to take it. If
 * nothing has, an exception comes. Most of its cost is the stack trace, so it has none.
 *
 * @returns the byte, in memory that the next call uses again; or an error of the connection
 */
export function readByte(socket: Socket): Buffer | 'end' | 'nothing' | Error {
  const descriptor = (socket as WithDescriptor)._handle?.fd ?? -1;
  if (descriptor < 0) return 'nothing';
  const { stackTraceLimit } = Error;
  Reflect.set(Error, 'stackTraceLimit', 0);
  try {
    return readSync(descriptor, byte, 0, 1, null) === 0 ? 'end' : byte;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EAGAIN' ? 'nothing' : (error as Error);
  } finally {
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit);
  }
}
