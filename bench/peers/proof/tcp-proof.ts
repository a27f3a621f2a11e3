import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { transferRequest } from '../load/transfer-protocol.ts';
import type { Address } from '../subject.ts';

const proofBytes = 512 << 10;
const limitMs = 5_000;

/** Half a megabyte of random bytes comes back as it went, also when the client ends its direction at once. */
export async function proveTcp(address: Address): Promise<readonly string[]> {
  const content = randomBytes(proofBytes);
  if (!content.equals(await echoed(address, content, false))) throw new Error('bytes came back changed');
  const afterEnd = await echoed(address, content, true).catch(() => undefined);
  return afterEnd !== undefined && content.equals(afterEnd)
    ? []
    : ['loses data when one side ends its direction'];
}

/** What the server sends back, up to as many bytes as were sent. */
async function echoed({ host, port }: Address, content: Buffer, endsAtOnce: boolean): Promise<Buffer> {
  const socket = connect({ host, port, allowHalfOpen: true });
  const received: Buffer[] = [];
  let missing = content.length;
  const complete = new Promise<void>((resolve, reject) => {
    socket.once('error', reject).once('close', () => reject(new Error('the connection was closed early')));
    socket.on('data', (bytes) => {
      received.push(bytes);
      missing -= bytes.length;
      if (missing <= 0) resolve();
    });
  });
  const tooLate = delay(limitMs, undefined, { ref: false }).then(() => {
    throw new Error('bytes did not come back in time');
  });
  try {
    await Promise.race([once(socket, 'connect'), tooLate]);
    socket.write(transferRequest('E', content.length));
    if (endsAtOnce) socket.end(content);
    else socket.write(content);
    await Promise.race([complete, tooLate]);
    return Buffer.concat(received);
  } finally {
    socket.destroy();
    complete.catch(() => {});
    tooLate.catch(() => {});
  }
}
