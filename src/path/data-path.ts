import type { Acceptor, DatagramHandler } from '../engine/engine.ts';
import type { CloseReason } from '../facts/service-events.ts';
import type { Server } from '../model/server.ts';
import type { SessionOverview } from './session-overview.ts';

/** What carries the traffic of one run. */
export interface DataPath {
  /** Client connections, or flows, now. */
  readonly size: number;
  /**
   * Lets what is under way finish and takes nothing more; resolves once nothing is left. Idempotent.
   *
   * @param keepsIdle whether connections that wait for a request stay, for one more. @default false
   */
  drain(keepsIdle?: boolean): Promise<void>;
  /** Cuts sessions or flows at once, all or those of one server. @returns how many */
  abort(reason: CloseReason, server?: Server): number;
  /** What is under way now, for people. */
  describeSessions(): readonly SessionOverview[];
  /** Brings the byte counters of sessions under way up to date, where they are not kept live. */
  updateCounters?(): void;
}

/** Carries the connections that a listener accepts. */
export interface ConnectionPath extends DataPath, Acceptor {}

/** Carries the datagrams that come to a port. */
export interface DatagramPath extends DataPath, DatagramHandler {}
