import type { ErrorCode } from '../errors.ts';
import type { BalancingSpec } from '../balancing/balancing-specs.ts';
import type { Carriage } from '../listener/listener-options.ts';
import type { SharedPersistence } from '../persistence/shared-persistence.ts';
import type { MirroredServer } from '../pool/pool-sharing.ts';
import type { Logger } from '../runtime/runtime.ts';
import type { CloseReason } from '../service/service-events.ts';
import type { ResolvedUdpOptions } from '../udp/udp-options.ts';

/** What a worker is told when it starts. */
export interface WorkerData {
  /** Its number among the workers, from 0: the row that it has in all counters. */
  readonly row: number;
  readonly rows: number;
  /** Of the main thread's clock. */
  readonly clockOriginMs: number;
  readonly sessionIds: SharedArrayBuffer;
  /** Of `OwnUdpPorts`. */
  readonly ownUdpPorts: SharedArrayBuffer;
  /** Where it says that it lives. */
  readonly pulse: SharedArrayBuffer;
}

/** A server, and where its counters are. */
export interface PlacedServer extends MirroredServer {
  readonly memory: SharedArrayBuffer;
}

/** What a service carries, and how. */
export type Cargo =
  | { readonly protocol: 'TCP'; readonly carriage: Carriage }
  | { readonly protocol: 'UDP'; readonly udp: ResolvedUdpOptions };

/** One run of a service in one worker. */
export interface ServiceOrder {
  /** Unique in the balancer: services of one name may overlap while one replaces another. */
  readonly service: number;
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** A socket of the main thread. */
  readonly descriptor: number;
  /** The run that has this socket until `takeOver`, if there is one. */
  readonly predecessor: number | undefined;
  readonly cargo: Cargo;
  readonly balance: BalancingSpec | undefined;
  readonly maxQueued: number;
  readonly queueTimeoutMs: number;
  readonly persistence: SharedPersistence;
  readonly servers: readonly PlacedServer[];
  /** The service's counters. */
  readonly memory: SharedArrayBuffer;
}

/** What the main thread asks of a worker, to be answered by `done`. */
export type Request =
  | { readonly kind: 'open'; readonly order: ServiceOrder }
  | { readonly kind: 'servers'; readonly service: number; readonly servers: readonly PlacedServer[] }
  | { readonly kind: 'drain'; readonly service: number; readonly keepsIdle: boolean }
  | { readonly kind: 'rebind'; readonly service: number; readonly descriptor: number }
  | { readonly kind: PlainRequest; readonly service: number };

/** What takes nothing but to be said. */
export type PlainRequest = 'takeOver' | 'unbind' | 'close' | 'dispose';

/** Why a request was not carried out. */
export interface RequestError {
  readonly code: ErrorCode;
  readonly message: string;
}

/** What the main thread tells a worker. */
export type Order =
  | { readonly kind: 'request'; readonly id: number; readonly request: Request }
  | {
      readonly kind: 'abort';
      readonly service: number;
      readonly reason: CloseReason;
      readonly server?: string;
    }
  /** There may be room on a server, or for a client connection. */
  | { readonly kind: 'room'; readonly service: number; readonly server?: string }
  | { readonly kind: 'count'; readonly service: number }
  /** The events that somebody listens to. */
  | { readonly kind: 'listeners'; readonly events: readonly string[] }
  | { readonly kind: 'end' };

/** What a worker tells the main thread. */
export type Report =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly id: number; readonly error?: RequestError }
  | { readonly kind: 'facts'; readonly facts: readonly Fact[] }
  | { readonly kind: 'log'; readonly level: Parameters<Logger>[0]; readonly message: string }
  | ServiceReport;

/** What a worker tells of one service. */
export type ServiceReport =
  | { readonly kind: 'connected' | 'connectFailed'; readonly service: number; readonly server: string }
  /** A client came to a server that drains. */
  | { readonly kind: 'returned'; readonly service: number; readonly server: string; readonly client: string }
  /** A server has room, or no session any more. */
  | { readonly kind: 'released'; readonly service: number; readonly server: string }
  /** The listener has room that another one waits for. */
  | { readonly kind: 'roomLeft'; readonly service: number };

/** An event's name and its fact. */
export type Fact = readonly [name: string, fact: unknown];
