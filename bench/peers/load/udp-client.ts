import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { withLatencies, type LoadResult } from './load-result.ts';

/** Clients that each send a datagram and wait for it to come back. */
export interface UdpQuestion {
  readonly kind: 'udp';
  readonly port: number;
  readonly clients: number;
  readonly milliseconds: number;
}

const datagramBytes = 50;
/** A datagram that has not come back by then is lost; the client goes on. */
const lossMs = 200;

export async function runUdp({ port, clients, milliseconds }: UdpQuestion): Promise<LoadResult> {
  const sockets = await Promise.all(Array.from({ length: clients }, () => openSocket(port)));
  const latenciesMs: number[] = [];
  const startMs = performance.now();
  const endMs = startMs + milliseconds;
  await Promise.all(sockets.map((socket) => pingUntil(socket, endMs, latenciesMs)));
  const seconds = (performance.now() - startMs) / 1000;
  for (const socket of sockets) socket.close();
  if (latenciesMs.length === 0) throw new Error('no datagram came back');
  return withLatencies(latenciesMs.length, seconds, latenciesMs);
}

async function openSocket(port: number): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

function pingUntil(socket: Socket, endMs: number, latenciesMs: number[]): Promise<void> {
  const datagram = Buffer.alloc(datagramBytes, 'sluice');
  return new Promise((resolve) => {
    let sentMs = 0;
    let number = 0;
    const send = (): void => {
      sentMs = performance.now();
      datagram.writeUInt32BE(++number);
      socket.send(datagram);
    };
    const watch = setInterval(() => {
      const now = performance.now();
      if (now >= endMs) finish();
      else if (now - sentMs > lossMs) send();
    }, 50);
    const finish = (): void => {
      clearInterval(watch);
      socket.off('message', onMessage);
      resolve();
    };
    const onMessage = (reply: Buffer): void => {
      if (reply.readUInt32BE() !== number) return;
      const now = performance.now();
      latenciesMs.push(now - sentMs);
      if (now < endMs) send();
      else finish();
    };
    socket.on('message', onMessage);
    send();
  });
}
