import type { AdminState, Health, Server } from './server.ts';

/**
 * May this server get work? Derived from admin state × health × passive ejection × capacity, here and
 * nowhere else.
 *
 * - `available`: yes, from anyone
 * - `persistent-only`: from clients that persistence sends to it
 * - `full`: not now, it has as many sessions as it may
 * - `unavailable`: no
 */
export type Availability = 'available' | 'persistent-only' | 'full' | 'unavailable';

/** What availability is derived from. */
export type AvailabilityFacts = Pick<
  Server,
  'adminState' | 'health' | 'ejected' | 'weight' | 'sessions' | 'maxSessions'
>;

/**
 * | admin state | health       | ejected | weight | sessions     | availability      |
 * | ----------- | ------------ | ------- | ------ | ------------ | ----------------- |
 * | halt        | any          | any     | any    | any          | `unavailable`     |
 * | any         | down         | any     | any    | any          | `unavailable`     |
 * | any         | any          | yes     | any    | any          | `unavailable`     |
 * | not halt    | up, unknown  | no      | any    | at the limit | `full`            |
 * | drain       | up, unknown  | no      | any    | below        | `persistent-only` |
 * | online      | up, unknown  | no      | 0      | below        | `persistent-only` |
 * | online      | up, unknown  | no      | 1…256  | below        | `available`       |
 */
export function availability(server: AvailabilityFacts): Availability {
  if (!isUsable(server.adminState, server.health, server.ejected)) return 'unavailable';
  if (server.sessions >= server.maxSessions) return 'full';
  return server.adminState === 'drain' || server.weight === 0 ? 'persistent-only' : 'available';
}

/** May balancing give it new clients, capacity apart? Pickers are built from these servers. */
export function admitsNewClients(server: AvailabilityFacts): boolean {
  return !server.ejected && wouldAdmitNewClients(server);
}

/** The same, ejection apart: new clients get these servers where no others are left. */
export function wouldAdmitNewClients(server: AvailabilityFacts): boolean {
  return server.health !== 'down' && server.adminState === 'online' && server.weight > 0;
}

/** May a client that persistence names for this server go there, now? Hot path. */
export function admitsPersistentClients(server: AvailabilityFacts): boolean {
  return isUsable(server.adminState, server.health, server.ejected) && server.sessions < server.maxSessions;
}

function isUsable(adminState: AdminState, health: Health, ejected: boolean): boolean {
  return adminState !== 'halt' && health !== 'down' && !ejected;
}
