import type { Overview } from '../balancer/overview.ts';
import type { ServerSelection } from '../balancer/server-selection.ts';
import type { PlainConfig, PlainServiceConfig } from '../config/plain-config.ts';
import type { ListenerOverview } from '../listener/overview.ts';

/** UDP flows of a server. Nobody ends one: it is over when it has been silent for long enough. */
export interface FlowsLeft {
  readonly count: number;
  /** How long each lasts at most after its last datagram. */
  readonly idleTimeoutMs: number;
}

/** What a drain waits for, by service. */
export interface DrainProgress {
  /** Sessions that the server still has, flows included. */
  readonly sessions: Readonly<Record<string, number>>;
  /** Those of them that are UDP flows; only of services with any. */
  readonly flows: Readonly<Record<string, FlowsLeft>>;
}

export function drainProgress(
  { services }: Overview,
  config: Pick<PlainConfig, 'services'>,
  { server, service }: ServerSelection,
): DrainProgress {
  const sessions: Record<string, number> = {};
  const flows: Record<string, FlowsLeft> = {};
  for (const { name, listeners } of services) {
    if (service !== undefined && service !== name) continue;
    for (const listener of listeners) {
      const count = sessionsOn(listener, server);
      if (count === undefined) continue;
      sessions[name] = (sessions[name] ?? 0) + count;
      if (listener.protocol === 'udp' && count > 0)
        flows[name] = {
          count,
          idleTimeoutMs: flowTimeoutOf(config.services.find((each) => each.name === name)),
        };
    }
  }
  return { sessions, flows };
}

/** @returns undefined where the listener has no such server */
function sessionsOn({ servers }: ListenerOverview, server: string): number | undefined {
  return servers.find(({ name }) => name === server)?.sessions;
}

/** Where the service takes TCP as well, the options of its UDP half stand apart. */
function flowTimeoutOf(service: PlainServiceConfig | undefined): number {
  const { idleTimeoutMs } = Object(service?.['udp'] ?? service) as { readonly idleTimeoutMs: number };
  return idleTimeoutMs;
}
