import { isHealthCheck } from '../health/health-check.ts';
import { isLiveProbe, type ResolvedProbeSpec } from '../health/probes/probe-specs.ts';
import { hostKey } from '../model/host.ts';
import type { ServerOptions } from '../model/server.ts';
import type { ResolvedListenerConfig, ResolvedServiceConfig } from './resolved-config.ts';
import type { PlacedService } from './rule.ts';

/** A listener of a service, and where the options are that its half of the service has for itself. */
export interface PlacedListener {
  /** That of the service. */
  readonly name: string;
  /** The name for people, which also says which half it is: `CHECK (udp)`. */
  readonly title: string;
  readonly listener: ResolvedListenerConfig;
  /** The path of an option such as `healthCheck`: `services[1].udp.healthCheck` in the UDP half. */
  readonly at: (option: string) => string;
}

/** The services of a configuration, which are all in their places. */
export function placeServices(services: readonly ResolvedServiceConfig[]): readonly PlacedService[] {
  return services.map((service, index) => ({ service, at: (option) => `services[${index}].${option}` }));
}

/** All listeners: the two halves of a `tcp+udp` service have the same servers, and checks of their own. */
export function listenersOf(services: readonly PlacedService[]): readonly PlacedListener[] {
  return services.flatMap(({ service, at }) =>
    service.listeners.map((listener, half) => ({
      name: service.name,
      title: service.listeners.length > 1 ? `${service.name} (${listener.mode.name})` : service.name,
      listener,
      at: half === 0 ? at : (option: string) => at(`udp.${option}`),
    })),
  );
}

/** The port that clients of a listener reach a server on: its own, or that of the service. */
export function reachedPort(server: ServerOptions, { port }: ResolvedListenerConfig): number {
  return server.port ?? port;
}

/** Those of all servers, in their order. */
export function reachedPorts(listener: ResolvedListenerConfig): readonly number[] {
  return listener.pool.servers.map((server) => reachedPort(server, listener));
}

/** One text for all spellings of an address and port, to find it again without comparing each with each. */
export function endpointKey(host: string, port: number): string {
  return `${port} ${hostKey(host)}`;
}

/** How servers are probed, where that is stated as data. What a live probe does cannot be seen. */
export function probeOf({ pool: { healthCheck } }: ResolvedListenerConfig): ResolvedProbeSpec | undefined {
  if (healthCheck === undefined || isHealthCheck(healthCheck) || isLiveProbe(healthCheck.probe))
    return undefined;
  return healthCheck.probe;
}
