import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { LongestGap } from './longest-gap.ts';

/** What became of one client's datagrams. */
export interface EchoOutcome {
  readonly sent: number;
  /** Those that did not come back within a second. */
  readonly lost: number;
  readonly longestGapMs: number;
}

const patienceMs = 1000;

/** Sends numbered datagrams, each when the one before is back or lost, and notes for how long nothing came. */
export async function echoAgainAndAgain(port: number, isOver: () => boolean): Promise<EchoOutcome> {
  const socket = createSocket('udp4');
  const gap = new LongestGap();
  let sent = 0;
  let lost = 0;
  let onAnswer: (number: number) => void = () => undefined;
  socket.on('message', (message) => onAnswer(message.readUInt32BE()));
  // Where nobody listens: the datagram counts as lost.
  socket.on('error', () => undefined);
  socket.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const datagram = Buffer.alloc(50);
  while (!isOver()) {
    const number = sent++;
    datagram.writeUInt32BE(number);
    const isBack = await new Promise<boolean>((resolve) => {
      const patience = setTimeout(() => resolve(false), patienceMs);
      onAnswer = (answered) => {
        if (answered !== number) return;
        clearTimeout(patience);
        resolve(true);
      };
      socket.send(datagram);
    });
    if (isBack) gap.answered();
    else lost += 1;
  }
  socket.close();
  return { sent, lost, longestGapMs: gap.ms };
}
