import type { Client } from '../model/client.ts';
import type { DecisionReason } from '../model/decision.ts';
import type { Server } from '../model/server.ts';

const noServers: readonly Server[] = Object.freeze([]);

/**
 * A pick that counts until released. A session embeds one and uses it again for each exchange, so that
 * selecting allocates nothing.
 *
 * Invariant: while `server` is set, that server's `sessions` includes this lease; the selector sets it and
 * takes it back exactly once.
 */
export class Lease {
  server: Server | undefined = undefined;
  reason: DecisionReason = 'none';
  /** Whose it is, for its decision record; the owner sets it for each selection. */
  sessionId = 0;
  /**
   * The server of a connection that is the client's own; the selector stays with it. The owner of the lease sets it
   * for each selection.
   */
  bound: Server | undefined = undefined;
  /** Servers that could not be reached in this session or exchange, in order. */
  tried: readonly Server[] = noServers;
  /** The client, from selection to release: its data path keeps the object for this client until then. */
  client: Client | undefined = undefined;
  /** For the renewal of entries alone: when the client's entry was renewed last, -1 while it is not kept there. */
  renewedMs = -1;
  older: Lease | undefined = undefined;
  younger: Lease | undefined = undefined;

  /** For the selector: remembers that the leased server could not be reached. */
  addTried(server: Server): void {
    this.tried = [...this.tried, server];
  }

  /** For the selector: ready for the next exchange. */
  clear(): void {
    this.server = undefined;
    this.client = undefined;
    this.reason = 'none';
    this.tried = noServers;
  }
}
