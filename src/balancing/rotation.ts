import type { Server } from '../model/server.ts';
import { canTake } from './can-take.ts';

/** The first server that can take a session, from `start` on and around. Hot path. */
export function firstThatCanTake(
  servers: readonly Server[],
  start: number,
  tried: readonly Server[],
): Server | undefined {
  for (let step = 0; step < servers.length; step++) {
    const server = servers[(start + step) % servers.length];
    if (server !== undefined && canTake(server, tried)) return server;
  }
  return undefined;
}

/**
 * Where a rotation goes on after a rebuild: the position in the old `order` of the first server, from `start` on and
 * around, that is still among `servers`; -1 where none is. Servers with the same name are the same.
 */
export function nextStillPresent(
  order: readonly Server[],
  start: number,
  servers: readonly Server[],
): number {
  const present = new Set(servers.map((server) => server.name));
  for (let step = 0; step < order.length; step++) {
    const position = (start + step) % order.length;
    if (present.has(order[position]?.name ?? '')) return position;
  }
  return -1;
}
