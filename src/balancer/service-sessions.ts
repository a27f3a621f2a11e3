import type { Protocol } from '../facts/service-events.ts';
import type { BaseListener } from '../listener/base-listener.ts';
import type { SessionOverview } from '../path/session-overview.ts';
import type { Service } from '../service/service.ts';

/** Somebody who is connected now, and to which service. */
export interface ServiceSession extends SessionOverview {
  readonly service: string;
  readonly protocol: Protocol;
}

/** The sessions of some listeners, the longest first. @param server only those with this server */
export async function sessionsOf(
  listeners: readonly BaseListener[],
  server: string | undefined,
): Promise<readonly ServiceSession[]> {
  const byListener = listeners.map(async (listener) => {
    const { name: service, protocol } = listener;
    return (await listener.sessions()).map((session) => ({ service, protocol, ...session }));
  });
  return (await Promise.all(byListener))
    .flat()
    .filter((session) => server === undefined || session.server === server)
    .sort((a, b) => b.durationMs - a.durationMs);
}

/** How many sessions and flows services have now. */
export function sessionCount(services: readonly Service[]): number {
  const listeners = services.flatMap((service) => service.overview().listeners);
  return listeners.reduce((sum, { sessions }) => sum + sessions, 0);
}
