import type { Server } from '../model/server.ts';

/** Those who wait for a server to have no session, or for its admin state to change. */
export class Settling {
  #waiting: { readonly server: Server; readonly resolve: () => void }[] = [];

  /** Does anybody wait, for any server? Hot path. */
  get isAwaited(): boolean {
    return this.#waiting.length > 0;
  }

  /** Resolves at the next `settle` of the server. */
  next(server: Server): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ server, resolve });
    });
  }

  settle(server: Server): void {
    const due = this.#waiting.filter((waiting) => waiting.server === server);
    this.#waiting = this.#waiting.filter((waiting) => waiting.server !== server);
    for (const { resolve } of due) resolve();
  }
}
