import type { Address } from '../subject.ts';

/** Gives the servers in turn. */
export function inTurns(servers: readonly Address[]): () => Address {
  let next = 0;
  return () => {
    const server = servers[next];
    if (server === undefined) throw new Error('no servers were given');
    next = (next + 1) % servers.length;
    return server;
  };
}
