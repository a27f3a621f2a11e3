import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import type { InfinittPorts } from 'sluice';

/** Ports to listen on, and why they are not the usual ones, if they are not. */
export interface PortChoice {
  readonly ports: InfinittPorts;
  /** One line to tell the user; undefined where nothing was changed. */
  readonly notice: string | undefined;
}

const offsets = [0, 8_000, 10_000, 12_000, 14_000, 16_000];

/**
 * Chooses the offset that is added to every port: the given one, else 0, else the first that works where low
 * ports are not permitted. A port that is taken counts as a reason only where `mayMove` says that the numbers
 * do not matter, as in a demo: real clients are configured with them.
 */
export async function choosePorts(
  vip: string,
  ports: InfinittPorts,
  offset: number | undefined,
  mayMove: boolean,
): Promise<PortChoice> {
  if (offset !== undefined) return { ports: withOffset(ports, offset), notice: undefined };
  let notice = '';
  const noticeOf = (moved: number): string =>
    `${notice}: the services listen on ports moved by ${moved}; the real servers are reached on their own`;
  for (const candidate of offsets) {
    const shifted = withOffset(ports, candidate);
    const obstacle = await findObstacle(vip, shifted);
    // Once they are moved, one number is as good as another.
    const isFreeToMove = mayMove || candidate > 0;
    const moves = obstacle?.code === 'EACCES' || (obstacle?.code === 'EADDRINUSE' && isFreeToMove);
    if (!moves) return { ports: shifted, notice: candidate === 0 ? undefined : noticeOf(candidate) };
    if (notice === '')
      notice =
        obstacle.code === 'EACCES'
          ? `Port ${obstacle.port} is not permitted to this user (CAP_NET_BIND_SERVICE would allow it)`
          : `Port ${obstacle.port} of ${vip} is in use`;
  }
  return { ports, notice: undefined };
}

function withOffset(ports: InfinittPorts, offset: number): InfinittPorts {
  const { web, dicom, query, mwl, check } = ports;
  return {
    web: web + offset,
    dicom: dicom + offset,
    query: query + offset,
    mwl: mwl + offset,
    check: check + offset,
  };
}

interface Obstacle {
  readonly port: number;
  readonly code: string;
}

async function findObstacle(host: string, ports: InfinittPorts): Promise<Obstacle | undefined> {
  for (const port of Object.values(ports) as number[]) {
    if (port > 65_535) return { port, code: 'ERANGE' };
    const code = await tryTcp(host, port);
    if (code !== undefined) return { port, code };
  }
  const code = await tryUdp(host, ports.check);
  return code === undefined ? undefined : { port: ports.check, code };
}

function tryTcp(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

function tryUdp(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.close();
      resolve(error.code ?? 'unknown');
    });
    socket.bind({ address: host, port, exclusive: true }, () => socket.close(() => resolve(undefined)));
  });
}
