import { combineStatus, type ListenerOverview, type ServiceStatus } from '../listener/overview.ts';
import type { BaseListener } from '../listener/base-listener.ts';
import type { ServiceConfig } from '../config/balancer-config.ts';

/** One virtual service with its listeners. */
export interface ServiceOverview {
  readonly name: string;
  readonly mode: ServiceConfig['mode'];
  /** The service as a whole. */
  readonly status: ServiceStatus;
  /** One, or for `tcp+udp` one of each protocol. */
  readonly listeners: readonly ListenerOverview[];
}

export function describeService(
  name: string,
  mode: ServiceConfig['mode'],
  parts: readonly BaseListener[],
): ServiceOverview {
  const listeners = parts.map((part) => part.overview());
  return { name, mode, status: combineStatus(listeners.map((listener) => listener.status)), listeners };
}
