import type { EngineSource } from '../engine/engine-lease.ts';
import type { HealthCheck } from '../health/health-check.ts';
import type { HealthCheckOptions } from '../health/health-check-options.ts';
import type { PassiveHealthOptions } from '../health/passive-health-options.ts';
import type { HttpOptions } from '../http/http-options.ts';
import type { CommonListenerOptions } from './listener-options.ts';
import type { PoolOptions } from '../pool/pool-options.ts';
import type { TcpOptions } from '../tcp/tcp-options.ts';
import type { UdpOptions } from '../udp/udp-options.ts';

/** What every service of a configuration has: a listener's options and its pool's, in one flat object. */
export interface CommonServiceConfig
  extends Omit<CommonListenerOptions, 'pool' | 'engine' | 'runtime' | 'facts' | 'maxSessions'>, PoolOptions {
  readonly maxSessions?: number;
}

/** Relays TCP connections. */
export interface TcpServiceConfig extends CommonServiceConfig, TcpOptions {
  readonly mode: 'tcp';
}

/** Balances HTTP/1.1 requests. */
export interface HttpServiceConfig extends CommonServiceConfig, HttpOptions {
  readonly mode: 'http';
}

/** Forwards datagrams with source NAT. */
export interface UdpServiceConfig
  extends Omit<CommonServiceConfig, 'maxSessions' | 'backlog' | 'quickAck'>, UdpOptions {
  readonly mode: 'udp';
}

/** One port number in both protocols; each half has its own pool state and health. */
export interface TcpUdpServiceConfig extends CommonServiceConfig, TcpOptions {
  readonly mode: 'tcp+udp';
  /** What is different in the UDP half: its limits, and its health, which TCP cannot tell. */
  readonly udp?: UdpOptions & {
    readonly healthCheck?: HealthCheck | HealthCheckOptions;
    readonly passiveHealth?: PassiveHealthOptions | false;
  };
}

/** One virtual service. Plain data, except where a live object replaces a spec. */
export type ServiceConfig = TcpServiceConfig | HttpServiceConfig | UdpServiceConfig | TcpUdpServiceConfig;

/** What a {@link Balancer} is built from. */
export interface BalancerConfig {
  /**
   * The I/O that carries the traffic: by name, shared, or a live one. Chosen once; `apply` keeps it.
   * @default 'auto'
   */
  readonly engine?: EngineSource;
  /**
   * Worker threads that carry the traffic of all services, 0 to 64; 0 for the process's own thread. They need
   * the Linux engine, and specs in place of live strategies. Chosen once; `apply` keeps it.
   * @default 0
   */
  readonly workers?: number;
  /** The virtual services, by unique names. */
  readonly services: readonly ServiceConfig[];
}
