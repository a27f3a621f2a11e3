import { mayEject } from '../health/passive-ejection.ts';
import { admitsNewClients, wouldAdmitNewClients } from '../model/availability.ts';
import type { Server } from '../model/server.ts';

/** Would it be ejected, too, if it were not the last one? */
type IsFailing = (server: Server) => boolean;

/**
 * May this server be ejected? The cap counts servers that could serve new clients. One that is halted, down, drained
 * or also unreachable fills no gap. A full one does: clients wait for it.
 */
export function mayBeEjected(
  server: Server,
  servers: readonly Server[],
  maxEjectedRatio: number,
  isFailing: IsFailing,
): boolean {
  const others = servers.filter((other) => other !== server && wouldAdmitNewClients(other));
  const canTakeOver = (other: Server): boolean => admitsNewClients(other) && !isFailing(other);
  const ejected = others.filter((other) => other.ejected).length;
  return others.some(canTakeOver) && mayEject(ejected, others.length + 1, maxEjectedRatio);
}

/**
 * The ejected servers to take back because no better one is left for new clients: every other server is out of use or
 * cannot be reached either.
 */
export function ejectedInVain(servers: readonly Server[], isFailing: IsFailing): readonly Server[] {
  if (servers.some((server) => admitsNewClients(server) && !isFailing(server))) return [];
  return servers.filter(
    (server) => server.ejected && server.adminState !== 'halt' && server.health !== 'down',
  );
}
