import type { Server } from '../model/server.ts';

/** Has the server room, and was it not tried in this session? Hot path. */
export function canTake(server: Server, tried: readonly Server[]): boolean {
  return server.sessions < server.maxSessions && (tried.length === 0 || !tried.includes(server));
}
