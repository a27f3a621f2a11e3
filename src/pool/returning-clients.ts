import type { Server } from '../model/server.ts';

/** Addresses that are kept for one server; further clients are not. */
const maxClients = 1000;

const nobody: readonly string[] = Object.freeze([]);

/** Clients that persistence sends to a draining server, by address, in the order of their first return. */
export class ReturningClients {
  readonly #byServer = new WeakMap<Server, Set<string>>();

  /** The server begins to drain. */
  begin(server: Server): void {
    this.#byServer.set(server, new Set());
  }

  /** @returns whether the client is news */
  note(server: Server, client: string): boolean {
    const clients = this.#byServer.get(server);
    if (clients === undefined || clients.size >= maxClients || clients.has(client)) return false;
    clients.add(client);
    return true;
  }

  /** Since the server last began to drain. */
  of(server: Server): readonly string[] {
    return [...(this.#byServer.get(server) ?? nobody)];
  }
}
