import type { Health, Server, ServerOptions } from '../model/server.ts';
import type { SharedQueue } from './wait-queue.ts';

/** All that is known of a server, for a pool that follows. */
export interface MirroredServer {
  readonly options: ServerOptions;
  readonly health: Health;
  readonly ejected: boolean;
}

/** Ties a pool to those of the same service elsewhere: it leads them, or follows. A pool without it is alone. */
export interface PoolSharing extends SharedQueue {
  /** A server whose counters all these pools keep together. */
  makeServer(options: ServerOptions): Server;
  /** Servers, or who admits clients, changed. */
  availabilityChanged(): void;
  /** Resolves when all pools go by the changes made so far. */
  inForce(): Promise<unknown>;
  /**
   * A lease of the server ended here. Hot path.
   *
   * @returns `elsewhere` where it is the turn of somebody who waits at another pool
   */
  released(server: Server): 'here' | 'elsewhere';
  /** Somebody reached the server from here. Hot path. */
  connected(server: Server): void;
  connectFailed(server: Server): void;
  /** A client that was not heard of before came to a server that drains. */
  returned(server: Server, client: string): void;
}
