import type { Connection } from '../engine/engine.ts';
import type { DeliveryWatch } from '../path/delivery-watch.ts';
import type { CloseReason } from '../facts/service-events.ts';
import type { SessionReport } from '../path/session-report.ts';
import type { RequestClient } from './request-client.ts';

/** The client's side of an exchange: its connection, and how it goes on there. */
export interface ClientSide {
  readonly connection: Connection;
  /** How the client takes what it is sent. */
  readonly delivery: DeliveryWatch;
  readonly client: RequestClient;
  readonly report: SessionReport;
  /** Whether another request may follow the current one. */
  readonly mayKeep: boolean;
  /** The server does not take the request's body as fast as the client sends it. */
  readonly isReadingBlocked: boolean;
  /** Takes what waits of the request, now that it can go somewhere. */
  pump(): void;
  blockReading(): void;
  unblockReading(): void;
  /** The client does not take responses as fast as they come: until it does, no further request is begun. */
  blockWriting(): void;
  /** Lets the engine carry `count` bytes to a server. */
  relayTo(server: Connection, count: number): void;
  /** Lets the engine carry everything to a server, beginning with what waits. */
  tunnelTo(server: Connection): void;
  /** The last byte of the response was sent. */
  exchangeEnded(isKept: boolean): void;
  /** Ends the connection after what was written. */
  close(reason: CloseReason): void;
  /** Ends the connection now, whatever is under way. */
  cut(reason: CloseReason): void;
}
