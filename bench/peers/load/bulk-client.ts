import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { LoadResult } from './load-result.ts';
import { transferRequest } from './transfer-protocol.ts';

/** Streams that transfer as fast as they can. */
export interface BulkQuestion {
  readonly kind: 'bulk';
  readonly port: number;
  readonly direction: 'toServer' | 'toClient';
  readonly streams: number;
  readonly milliseconds: number;
  /** Of one transfer. @default 64 MiB for one stream, 8 MiB for several */
  readonly transferBytes?: number;
}

const block = Buffer.alloc(1 << 20, 'sluice');

/** Each stream repeats transfers of a fixed size until the time is over; all that was begun is finished. */
export async function runBulk(question: BulkQuestion): Promise<LoadResult> {
  const { port, direction, streams, milliseconds } = question;
  const transferBytes = question.transferBytes ?? (streams === 1 ? 64 << 20 : 8 << 20);
  const transfer = direction === 'toServer' ? sendAll : receiveAll;
  const buffer = Buffer.allocUnsafe(1 << 20);
  const sockets = await Promise.all(Array.from({ length: streams }, () => open(port, buffer)));
  const startMs = performance.now();
  const counts = await Promise.all(
    sockets.map(async (stream) => {
      let units = 0;
      while (performance.now() - startMs < milliseconds) {
        await transfer(stream, transferBytes);
        units += transferBytes;
      }
      return units;
    }),
  );
  const seconds = (performance.now() - startMs) / 1000;
  for (const { socket } of sockets) socket.destroy();
  return { units: counts.reduce((sum, count) => sum + count, 0), seconds };
}

/** A connection that counts what it receives, into memory that all share. */
interface Stream {
  readonly socket: Socket;
  awaitedBytes: number;
  onReceived: () => void;
}

async function open(port: number, buffer: Buffer): Promise<Stream> {
  const callback = (count: number): boolean => {
    stream.awaitedBytes -= count;
    if (stream.awaitedBytes <= 0) stream.onReceived();
    return true;
  };
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer, callback } });
  const stream: Stream = { socket, awaitedBytes: 0, onReceived: () => {} };
  await once(socket, 'connect');
  // Its close, which follows, tells whoever waits.
  socket.on('error', () => {});
  return stream;
}

function received(stream: Stream, bytes: number): Promise<void> {
  const { socket } = stream;
  return new Promise((resolve, reject) => {
    const onLost = (): void => reject(new Error('a stream was cut off'));
    socket.once('close', onLost);
    stream.awaitedBytes += bytes;
    stream.onReceived = () => {
      socket.off('close', onLost);
      resolve();
    };
  });
}

async function sendAll(stream: Stream, bytes: number): Promise<void> {
  const acknowledged = received(stream, 1);
  stream.socket.write(transferRequest('U', bytes));
  const next = (left: number): void => {
    const length = Math.min(left, block.length);
    stream.socket.write(block.subarray(0, length), () => {
      if (left > length && !stream.socket.destroyed) next(left - length);
    });
  };
  next(bytes);
  await acknowledged;
}

async function receiveAll(stream: Stream, bytes: number): Promise<void> {
  const all = received(stream, bytes);
  stream.socket.write(transferRequest('D', bytes));
  await all;
}
