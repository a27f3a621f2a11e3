import type { DrainOptions } from '../listener/drain.ts';
import type { Service } from '../service/service.ts';
import type { DrainOrder, ServerOrder } from '../snapshot/snapshot.ts';
import type { ServerSelection } from './server-selection.ts';

/** Drains that have not ended, for snapshots to state; and those of a snapshot, until they go on. */
export class DrainsUnderWay {
  readonly #orders = new Map<string, DrainOrder>();
  #planned: readonly ServerOrder[] = [];

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

  /** They go on once the balancer is started. */
  plan(orders: readonly ServerOrder[]): void {
    this.#planned = orders;
  }

  /** The planned ones, each once, without those of servers that somebody has given another order since. */
  takeDue(services: readonly Service[], wallMs: number): readonly (ServerSelection & DrainOptions)[] {
    const planned = this.#planned;
    this.#planned = [];
    return planned.flatMap(({ service, server, drain }) => {
      const present = services
        .find(({ name }) => name === service)
        ?.servers.find(({ name }) => name === server);
      if (drain === undefined || present?.adminState !== 'drain') return [];
      const { deadlineAtMs = Infinity, ...terms } = drain;
      return [{ service, server, deadlineMs: Math.max(0, Math.round(deadlineAtMs - wallMs)), ...terms }];
    });
  }

  of(service: string, server: string): DrainOrder | undefined {
    return this.#orders.get(keyOf(service, server));
  }
}

function keyOf(service: string, server: string): string {
  return `${service}\n${server}`;
}
