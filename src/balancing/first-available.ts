import type { Client } from '../model/client.ts';
import type { Server } from '../model/server.ts';
import type { BalancingPolicy, Picker } from './balancing-policy.ts';
import { firstThatCanTake } from './rotation.ts';

/** The first server in the order of the configuration that is not full; weights do not matter. */
export function firstAvailable(): BalancingPolicy {
  return {
    kind: 'firstAvailable',
    build: (servers: readonly Server[]): Picker => new FirstAvailablePicker(servers),
  };
}

class FirstAvailablePicker implements Picker {
  readonly #servers: readonly Server[];

  constructor(servers: readonly Server[]) {
    this.#servers = servers;
  }

  /** Hot path. */
  pick(_client: Client, tried: readonly Server[]): Server | undefined {
    return firstThatCanTake(this.#servers, 0, tried);
  }

  peek(client: Client, tried: readonly Server[]): Server | undefined {
    return this.pick(client, tried);
  }
}
