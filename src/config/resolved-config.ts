import type { EngineSource } from '../engine/engine-lease.ts';
import type { Persistence } from '../persistence/persistence.ts';
import type { ResolvedPersistenceSpec } from '../persistence/persistence-specs.ts';
import type { ResolvedPoolSpec } from '../pool/pool-options.ts';
import type { ServiceConfig } from './balancer-config.ts';
import type { ResolvedMode } from './modes.ts';

/** How a listener takes TCP connections. */
export interface ResolvedArrival {
  readonly maxSessions: number;
  readonly backlog: number;
  /** For connections to servers as well. */
  readonly quickAck: boolean;
}

/** A listener as complete plain data, except for live objects that were given in place of specs. */
export interface ResolvedListenerConfig {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly mode: ResolvedMode;
  /** Undefined for UDP, which has nothing to accept. */
  readonly arrival: ResolvedArrival | undefined;
  readonly pool: ResolvedPoolSpec;
  readonly persistence: ResolvedPersistenceSpec | Persistence;
}

/** A virtual service as complete data: one listener, or for `tcp+udp` one of each. */
export interface ResolvedServiceConfig {
  readonly name: string;
  readonly mode: ServiceConfig['mode'];
  readonly listeners: readonly [ResolvedListenerConfig, ...(readonly ResolvedListenerConfig[])];
}

/** A whole configuration that was read and found right. */
export interface ResolvedConfig {
  readonly engine: EngineSource;
  /** How many are asked for. */
  readonly workers: number;
  readonly services: readonly ResolvedServiceConfig[];
}
