import { readSync } from 'node:fs';
import { Socket, type TcpNetConnectOpts } from 'node:net';

/** What one read asks for at most, in bytes. */
const readBytes = 65_536;

/** Takes what had arrived on a socket before it failed. */
export interface LastBytesTaker {
  /** They are good during the call. */
  takeLastBytes(bytes: Buffer): void;
  /** FIN was behind them. */
  takeLastEnd(): void;
}

interface Handle {
  readonly fd?: number;
}

/**
 * A socket that connects. Node destroys a socket, with unread bytes, as soon as a write to it fails: an early answer
 * of a server that closed with the request unread would be lost. This one reads them before it goes, where the system
 * shows its descriptor, which Windows does not.
 */
export class OutgoingSocket extends Socket {
  lastBytesTaker: LastBytesTaker | undefined = undefined;

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    const { _handle: handle } = this as unknown as { readonly _handle: Handle | null };
    const taker = this.lastBytesTaker;
    if (
      error !== null &&
      taker !== undefined &&
      !this.connecting &&
      handle?.fd !== undefined &&
      handle.fd >= 0
    ) {
      // The error of a write to a socket on which FIN had come before the reset.
      if (readRest(handle.fd, taker) && (error as NodeJS.ErrnoException).code === 'EPIPE')
        taker.takeLastEnd();
    }
    super._destroy(error, callback);
  }
}

/** Starts to connect. @throws Error of Node, as for a port that is none */
export function startConnecting(options: TcpNetConnectOpts): OutgoingSocket {
  const socket = new OutgoingSocket(options);
  socket.connect(options);
  return socket;
}

/** @returns whether the end was found behind the bytes */
function readRest(descriptor: number, taker: LastBytesTaker): boolean {
  const bytes = Buffer.allocUnsafe(readBytes);
  try {
    for (;;) {
      const count = readSync(descriptor, bytes, 0, readBytes, null);
      if (count === 0) return true;
      taker.takeLastBytes(bytes.subarray(0, count));
    }
  } catch {
    // Nothing is left, or the reset itself was found.
    return false;
  }
}
