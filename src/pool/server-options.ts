import type { Server, ServerOptions } from '../model/server.ts';
import type { MirroredServer } from './pool-sharing.ts';

/** What a person orders while sessions run. */
export type Orders = Pick<Server, 'adminState' | 'weight'>;

export function ordersOf({ adminState, weight }: Server): Orders {
  return { adminState, weight };
}

/** The options that would make a server as it is now. */
export function describeServer(server: Server): ServerOptions {
  return {
    name: server.name,
    host: server.host,
    ...(server.port === undefined ? {} : { port: server.port }),
    weight: server.weight,
    backup: server.backup,
    maxSessions: server.maxSessions,
    adminState: server.adminState,
  };
}

/** All that is known of a server now. */
export function mirrorServer(server: Server): MirroredServer {
  const { health, ejected } = server;
  return { options: describeServer(server), health, ejected };
}

/** What the leading pool knows of a server's health holds here. */
export function takeOverHealth(server: Server | undefined, { health, ejected }: MirroredServer): void {
  if (server === undefined) return;
  server.health = health;
  server.ejected = ejected;
}
