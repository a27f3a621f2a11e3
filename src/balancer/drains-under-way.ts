import type { DrainOptions } from '../listener/drain.ts';
import type { DrainOrder } from '../snapshot/snapshot.ts';

/** Drains that have not ended, for snapshots to state. */
export class DrainsUnderWay {
  readonly #orders = new Map<string, DrainOrder>();

  /**
   * A server of some services is drained now. A further drain of it takes the place of the first.
   *
   * @returns to be called when that drain is over
   */
  begin(services: readonly string[], options: DrainOptions, wallMs: number): () => void {
    const { server, deadlineMs = Infinity, ...terms } = options;
    const order = deadlineMs === Infinity ? terms : { ...terms, deadlineAtMs: wallMs + deadlineMs };
    const keys = services.map((service) => keyOf(service, server));
    for (const key of keys) this.#orders.set(key, order);
    return () => {
      for (const key of keys) if (this.#orders.get(key) === order) this.#orders.delete(key);
    };
  }

  of(service: string, server: string): DrainOrder | undefined {
    return this.#orders.get(keyOf(service, server));
  }
}

function keyOf(service: string, server: string): string {
  return `${service}\n${server}`;
}
