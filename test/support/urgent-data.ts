import type { Socket } from 'node:net';
import { loadLibc } from '../../src/engine/linux/kernel/libc.ts';

const MSG_OOB = 1;

interface WithHandle {
  readonly _handle: { readonly fd: number };
}

/** Node has no call for it. */
export const canSendUrgent = ((): boolean => {
  try {
    loadLibc();
    return true;
  } catch {
    return false;
  }
})();

/** Sends bytes at once, the last of which is urgent (out-of-band). The socket must have nothing waiting. */
export function sendUrgent(socket: Socket, text: string): void {
  const bytes = Buffer.from(text, 'latin1');
  const libc = loadLibc();
  const count = libc.send((socket as unknown as WithHandle)._handle.fd, bytes, bytes.length, MSG_OOB);
  if (count !== bytes.length)
    throw new Error(`sent ${count} of ${bytes.length} urgent bytes (${libc.errno()})`);
}
