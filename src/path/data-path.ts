import type { Acceptor } from '../engine/engine.ts';
import type { Server } from '../model/server.ts';
import type { CloseReason } from '../facts/service-events.ts';

/** How a TCP or HTTP listener carries what it accepts. */
export interface DataPath extends Acceptor {
  /** Client connections now. */
  readonly size: number;
  /**
   * Lets what is under way finish and takes nothing more; resolves once no session is left. Idempotent.
   *
   * @param keepsIdle whether connections that wait for a request stay, for one more. @default false
   */
  drain(keepsIdle?: boolean): Promise<void>;
  /** Cuts sessions at once, all or those of one server. @returns how many */
  abort(reason: CloseReason, server?: Server): number;
  /** Brings the byte counters of sessions under way up to date, where they are not kept live. */
  updateCounters?(): void;
}
