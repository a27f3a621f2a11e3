import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { LongestGap } from './longest-gap.ts';

/** What became of one client's datagrams. */
export interface EchoOutcome {
  readonly sent: number;
  /** Those that never came back. */
  readonly lost: number;
  readonly longestGapMs: number;
}

/** After this one the next datagram is sent. */
const patienceMs = 1000;
/** For what is still out when all is over: a busy machine may be late, and that is no loss. */
const lastPatienceMs = 10_000;

/** Sends numbered datagrams, each when the one before is back or late, and notes for how long nothing came. */
export async function echoAgainAndAgain(port: number, isOver: () => boolean): Promise<EchoOutcome> {
  const socket = createSocket('udp4');
  const gap = new LongestGap();
  const out = new Set<number>();
  let sent = 0;
  let onAnswer: () => void = () => undefined;
  socket.on('message', (message) => {
    if (out.delete(message.readUInt32BE())) onAnswer();
  });
  // Where nobody listens: the datagram does not come back.
  socket.on('error', () => undefined);
  socket.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const isAnswered = (isDone: () => boolean, forMs: number): Promise<boolean> =>
    new Promise((resolve) => {
      const patience = setTimeout(() => resolve(false), forMs);
      onAnswer = () => {
        if (!isDone()) return;
        clearTimeout(patience);
        resolve(true);
      };
    });
  const datagram = Buffer.alloc(50);
  while (!isOver()) {
    const number = sent++;
    datagram.writeUInt32BE(number);
    out.add(number);
    socket.send(datagram);
    if (await isAnswered(() => !out.has(number), patienceMs)) gap.answered();
  }
  if (out.size > 0) await isAnswered(() => out.size === 0, lastPatienceMs);
  socket.close();
  return { sent, lost: out.size, longestGapMs: gap.ms };
}
