import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Address } from '../subject.ts';

const sizes = [1, 50, 512, 1400];
const clients = 8;
const tries = 5;
const replyMs = 500;

/** Several clients at once get back exactly what each sent, in one datagram. */
export async function proveUdp(address: Address): Promise<readonly string[]> {
  await Promise.all(Array.from({ length: clients }, () => proveClient(address)));
  return [];
}

async function proveClient({ host, port }: Address): Promise<void> {
  const socket = createSocket('udp4');
  socket.connect(port, host);
  await once(socket, 'connect');
  try {
    for (const size of sizes) {
      const datagram = randomBytes(size);
      let reply: Buffer | undefined;
      for (let turn = 0; turn < tries && reply === undefined; turn++) {
        socket.send(datagram);
        const arrived = once(socket, 'message', { signal: AbortSignal.timeout(replyMs) });
        reply = await arrived.then(
          ([bytes]) => bytes as Buffer,
          () => undefined,
        );
      }
      if (reply?.equals(datagram) !== true)
        throw new Error(`a datagram of ${size} bytes did not come back as it went`);
    }
  } finally {
    socket.close();
  }
}
