import type { Acceptor, Connection } from '../engine/engine.ts';
import type { RefusalReason } from '../facts/service-events.ts';
import type { Refusal } from './refusal.ts';

/** What a stage may do with a connection when it has decided. One of them, once. */
export interface Onward {
  /** Hands it to the next stage, or to the data path, perhaps inside another connection. */
  pass(connection: Connection): void;
  /** Turns the client away. @param how by a reset, unless the protocol has words for it */
  refuse(connection: Connection, reason: RefusalReason, how?: Refusal): void;
  /** Its client went away while it was held. */
  gone(): void;
}

/**
 * One step of a client's way from accept to the data path: it passes a connection on, at once or later, wraps it or
 * refuses it. While a stage holds a connection it is the `handler`, and hears when the client goes away.
 */
export interface ArrivalStage extends Acceptor {
  /** The run ends, or everything is cut: drops what is held. */
  close(): void;
}

/** Makes the stage of one run. */
export type MakeStage = (onward: Onward) => ArrivalStage;
