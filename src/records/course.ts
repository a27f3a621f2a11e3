import type { ErrorCode, ErrorSide } from '../base/errors.ts';
import type { DecisionReason } from '../model/decision.ts';
import type { Server } from '../model/server.ts';
import type { EndPhase } from './ending.ts';

/**
 * How a way to a server went, for the access record: kept from one `forget` to the next, also when all is released.
 * Times are those of `Clock.nowMs`.
 */
export abstract class Course {
  /** When the first selection was, and when the server was reached; -1 before. */
  startedMs = -1;
  reachedMs = -1;
  /** Spent in the queue. */
  waitedMs = 0;
  /** The server that was chosen last, and why; how many were tried in vain before. */
  chosen: Server | undefined = undefined;
  pick: DecisionReason = 'none';
  tries = 0;
  /** How far it came. */
  stage: EndPhase = 'connect';
  /** Why the last connect failed, if one did. */
  failure: ErrorCode | undefined = undefined;
  failureSide: ErrorSide | undefined = undefined;

  /** Another way begins. Hot path. */
  forget(): void {
    this.startedMs = this.reachedMs = -1;
    this.waitedMs = this.tries = 0;
    this.chosen = this.failure = this.failureSide = undefined;
    this.pick = 'none';
    this.stage = 'connect';
  }
}
