import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/**
 * Ports below those that systems hand out for outgoing connections (32768 on Linux, 49152 elsewhere), so
 * that a server which was stopped gets its port back.
 */
const lowest = 20_000;
const highest = 31_999;
const maxAttempts = 200;

/**
 * Port numbers that are free on every one of the hosts, for TCP and UDP.
 *
 * @throws Error where there are not enough
 */
export async function findFreePorts(hosts: readonly string[], count: number): Promise<readonly number[]> {
  const found = new Set<number>();
  for (let attempt = 0; attempt < maxAttempts && found.size < count; attempt++) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest + 1));
    if (await isFreeEverywhere(hosts, port)) found.add(port);
  }
  if (found.size < count) throw new Error(`no ${count} free ports on ${hosts.join(', ')}`);
  return [...found];
}

async function isFreeEverywhere(hosts: readonly string[], port: number): Promise<boolean> {
  for (const host of hosts) {
    if (!(await canListen(host, port)) || !(await canBindUdp(host, port))) return false;
  }
  return true;
}

/** True where the address exists and takes a TCP listener on that port; 0 asks for any. */
export function canListen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function canBindUdp(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => socket.close(() => resolve(false)));
    socket.bind({ address: host, port, exclusive: true }, () => socket.close(() => resolve(true)));
  });
}
