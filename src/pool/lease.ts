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
  /**
   * Where the client has a connection that is its own, for the selector to stay with; set anew by the owner of the
   * lease for each selection.
   */
  bound: Server | undefined = undefined;
  /** Servers that could not be reached in this session or exchange, in order. */
  tried: readonly Server[] = noServers;

  /** For the selector: remembers that the leased server could not be reached. */
  addTried(server: Server): void {
    this.tried = [...this.tried, server];
  }

  /** For the selector: ready for the next exchange. */
  clear(): void {
    this.server = undefined;
    this.reason = 'none';
    this.tried = noServers;
  }
}
