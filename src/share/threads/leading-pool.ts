import type { Server, ServerOptions } from '../../model/server.ts';
import type { Pool } from '../../pool/pool.ts';
import type { PoolSharing } from '../../pool/pool-sharing.ts';
import type { SharedServerState } from './messages.ts';
import { allocateCounters, SharedCounters } from './shared-counters.ts';
import { allocateServer, asServer, SharedServer } from './shared-server.ts';

/**
 * What the pool of one listener has on the main thread while its sessions are in workers: checks and orders are
 * here, and every change goes to the workers' pools.
 */
export class LeadingPool implements PoolSharing {
  /** Over all runs of the listener. */
  readonly counters: SharedCounters;
  /** For the run: the servers changed. Resolves when all workers go by it, and never fails. */
  onChange: (() => Promise<unknown>) | undefined = undefined;
  #following: Promise<unknown> = Promise.resolve();
  /** Every server whose sessions may still run, removed ones included. */
  readonly #servers = new Set<SharedServer>();

  /** @param rows how many workers there are */
  constructor(rows: number) {
    this.counters = new SharedCounters(allocateCounters(rows), rows, undefined);
  }

  makeServer(options: ServerOptions): Server {
    const { rows } = this.counters;
    const server = new SharedServer(options, allocateServer(rows), rows, undefined);
    this.#servers.add(server);
    return asServer(server);
  }

  /** What the workers need to know of the pool's servers now. */
  describe(pool: Pool): readonly SharedServerState[] {
    for (const server of this.#servers) {
      if (server.sessions === 0 && pool.get(server.name) !== server) this.#servers.delete(server);
    }
    return pool.describe().map((state) => {
      const server = pool.get(state.options.name);
      if (!(server instanceof SharedServer)) throw new TypeError(`'${state.options.name}' is not shared`);
      return { ...state, memory: server.memory };
    });
  }

  /** A worker has ended: gives back what its sessions held. @returns how many sessions that were */
  clearRow(row: number): number {
    for (const server of this.#servers) server.clearRow(row);
    return this.counters.clearRow(row);
  }

  get queued(): number {
    return this.counters.queued;
  }

  availabilityChanged(): void {
    // Workers are told in order, so the last answer is for all.
    if (this.onChange !== undefined) this.#following = this.onChange();
  }

  inForce(): Promise<unknown> {
    return this.#following;
  }

  queueChanged(): void {
    // Nobody waits or connects on this thread.
  }

  released(): 'here' {
    return 'here';
  }

  connected(): void {}
  connectFailed(): void {}
  returned(): void {}
}
