import type { ErrorCode } from '../../base/errors.ts';
import type { BalancingSpec } from '../../balancing/balancing-specs.ts';
import type { SharedPersistence } from '../../persistence/shared-persistence.ts';
import type { MirroredServer } from '../../pool/pool-sharing.ts';
import type { Logger } from '../../runtime/runtime.ts';
import type { CloseReason } from '../../facts/service-events.ts';
import type { ResolvedMode } from '../../config/modes.ts';
import type { ResolvedArrival } from '../../config/resolved-config.ts';

/** What a worker is told when it starts. */
export interface WorkerData {
  /** Its number among the workers, from 0: the row that it has in all counters. */
  readonly row: number;
  readonly rows: number;
  /** The origin of the main thread's clock. */
  readonly clockOriginMs: number;
  readonly sessionIds: SharedArrayBuffer;
  /** The memory of `OwnUdpPorts`. */
  readonly ownUdpPorts: SharedArrayBuffer;
  /** Where it says that it lives. */
  readonly pulse: SharedArrayBuffer;
}

/** A server, and where its counters are. */
export interface SharedServerState extends MirroredServer {
  readonly memory: SharedArrayBuffer;
}

/** One run of a listener in one worker. */
export interface RunOrder {
  /** Unique in the balancer: runs of one name may overlap while one replaces another. */
  readonly run: number;
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** A socket of the main thread. */
  readonly descriptor: number;
  /** The run that has this socket until `takeOver`, if there is one. */
  readonly predecessor: number | undefined;
  readonly mode: ResolvedMode;
  readonly arrival: ResolvedArrival | undefined;
  readonly balance: BalancingSpec | undefined;
  readonly maxQueued: number;
  readonly queueTimeoutMs: number;
  readonly persistence: SharedPersistence;
  readonly servers: readonly SharedServerState[];
  /** The counters of its listener. */
  readonly memory: SharedArrayBuffer;
}

/** What the main thread asks of a worker, which answers with `done`. */
export type Request =
  | { readonly kind: 'open'; readonly order: RunOrder }
  | { readonly kind: 'servers'; readonly run: number; readonly servers: readonly SharedServerState[] }
  | { readonly kind: 'drain'; readonly run: number; readonly keepsIdle: boolean }
  | { readonly kind: 'rebind'; readonly run: number; readonly descriptor: number }
  | { readonly kind: PlainRequest; readonly run: number };

/** Requests without data of their own. */
export type PlainRequest = 'takeOver' | 'unbind' | 'close' | 'dispose' | 'holders' | 'sessions';

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
      readonly run: number;
      readonly reason: CloseReason;
      readonly server?: string;
    }
  /** There may be room on a server, or for a client connection. */
  | { readonly kind: 'room'; readonly run: number; readonly server?: string }
  | { readonly kind: 'count'; readonly run: number }
  /** The events that somebody listens to. */
  | { readonly kind: 'listeners'; readonly events: readonly string[] }
  | { readonly kind: 'end' };

/** What a worker tells the main thread. */
export type Report =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly id: number; readonly error?: RequestError; readonly answer?: unknown }
  | { readonly kind: 'facts'; readonly facts: readonly Fact[] }
  | { readonly kind: 'log'; readonly level: Parameters<Logger>[0]; readonly message: string }
  | RunReport;

/** What a worker tells of one run. */
export type RunReport =
  | { readonly kind: 'connected' | 'connectFailed'; readonly run: number; readonly server: string }
  /** A client came to a server that drains. */
  | { readonly kind: 'returned'; readonly run: number; readonly server: string; readonly client: string }
  /** A server has room, or no session any more. */
  | { readonly kind: 'released'; readonly run: number; readonly server: string }
  /** The listener has room that another one waits for. */
  | { readonly kind: 'roomLeft'; readonly run: number };

/** An event's name and its fact. */
export type Fact = readonly [name: string, fact: unknown];
