import { combineStatus, type ListenerOverview, type ServiceStatus } from '../listener/overview.ts';
import type { Service } from '../listener/service.ts';
import type { ServiceConfig } from './balancer-config.ts';

/** One virtual service with its listeners. */
export interface ServiceOverview {
  readonly name: string;
  readonly mode: ServiceConfig['mode'];
  /** The service as a whole. */
  readonly status: ServiceStatus;
  /** One, or for `tcp+udp` one of each protocol. */
  readonly listeners: readonly ListenerOverview[];
}

/** The System Overview: a snapshot of everything, as plain data. */
export interface Overview {
  /** Which engine carries the traffic. */
  readonly engine: string;
  /** Wall-clock time, milliseconds since 1970. */
  readonly atMs: number;
  readonly services: readonly ServiceOverview[];
}

export function describeService(
  name: string,
  mode: ServiceConfig['mode'],
  parts: readonly Service[],
): ServiceOverview {
  const listeners = parts.map((part) => part.overview());
  return { name, mode, status: combineStatus(listeners.map((listener) => listener.status)), listeners };
}
