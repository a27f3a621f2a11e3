import type { EngineSource } from '../engine/engine-lease.ts';
import type { FactEmitter } from '../facts/fact-emitter.ts';
import type { ServiceEvents } from '../facts/service-events.ts';
import type { HttpOptions } from '../http/http-options.ts';
import type { Persistence } from '../persistence/persistence.ts';
import type { PersistenceSpec } from '../persistence/persistence-specs.ts';
import type { PoolOptions } from '../pool/pool-options.ts';
import type { Pool } from '../pool/pool.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { TcpOptions } from '../tcp/tcp-options.ts';
import type { UdpOptions } from '../udp/udp-options.ts';

/** What every listener has, whatever it carries. */
export interface BaseListenerOptions {
  /** For events, logs and the overview: 1 to 64 letters, digits, `.`, `_` or `-`. */
  readonly name: string;
  /** The IP address to listen on; `0.0.0.0` or `::` for all of this machine. @default '0.0.0.0' */
  readonly host?: string;
  /** 0 to 65535; 0 takes a free one, which `port` tells after the start. */
  readonly port: number;
  /** The real servers: a pool of its own, or the options of one. */
  readonly pool: Pool | PoolOptions;
  /** What returns a client to its server. @default { kind: 'none' } */
  readonly persistence?: Persistence | PersistenceSpec;
  /**
   * The I/O: an engine of its own by name, one shared with other listeners, or a live one, which the caller
   * closes.
   * @default 'auto'
   */
  readonly engine?: EngineSource;
  /** Clock, randomness and log. @default the system's */
  readonly runtime?: Runtime;
  /** Where facts go; a balancer passes its own to all its listeners. @default an emitter of its own */
  readonly facts?: FactEmitter<ServiceEvents>;
}

/** What TCP listeners of both modes have. */
export interface CommonListenerOptions extends BaseListenerOptions {
  /**
   * Client connections at once; further ones wait in the kernel's backlog. 1 to 1,000,000.
   * @default 40_000, as the appliance's connections per service
   */
  readonly maxSessions?: number;
  /** Connections that the kernel keeps waiting for accept. 1 to 65,535. @default 511, as Node.js */
  readonly backlog?: number;
  /**
   * Acknowledge TCP segments at once to senders that wait for it, where the engine can; ends the delayed-ACK
   * stall of DICOM toolkits.
   * @default true in tcp mode, false in http mode
   */
  readonly quickAck?: boolean;
}

/** A listener that relays bytes. */
export interface TcpListenerOptions extends CommonListenerOptions, TcpOptions {
  readonly mode: 'tcp';
}

/** A listener that understands HTTP/1.1. */
export interface HttpListenerOptions extends CommonListenerOptions, HttpOptions {
  readonly mode: 'http';
}

/** Options of a listener of either mode. */
export type ListenerOptions = TcpListenerOptions | HttpListenerOptions;

export const listenerDefaults = { host: '0.0.0.0', maxSessions: 40_000, backlog: 511 } as const;

/** Options of a UDP forwarder: what every listener has, and the limits of its flows. */
export interface SnatUdpForwarderOptions extends BaseListenerOptions, UdpOptions {}
