import type { BalancingPolicy, Picker } from '../balancing/balancing-policy.ts';
import { wouldAdmitNewClients } from '../model/availability.ts';
import type { Client } from '../model/client.ts';
import type { Server } from '../model/server.ts';
import type { Random } from '../runtime/runtime.ts';

/**
 * Whom balancing chooses from, in three ranks: servers, backups, and those that are ejected. A rank gets a client
 * only where no server of a better one is there, or could be reached.
 *
 * Every change of who admits new clients builds new pickers; `pick` only reads them.
 */
export class Pickers {
  readonly #balance: BalancingPolicy;
  readonly #random: Random;
  #regular: Picker;
  #backups: Picker;
  #ejected: Picker;
  #hasRegular = false;
  #hasEjected = false;

  constructor(balance: BalancingPolicy, random: Random) {
    this.#balance = balance;
    this.#random = random;
    this.#regular = balance.build([], random);
    this.#backups = balance.build([], random);
    this.#ejected = balance.build([], random);
  }

  build(servers: readonly Server[]): void {
    const admitting = servers.filter(wouldAdmitNewClients);
    const used = admitting.filter((server) => !server.ejected);
    const regular = used.filter((server) => !server.backup);
    const ejected = admitting.filter((server) => server.ejected);
    this.#regular = this.#build(regular, this.#regular);
    this.#backups = this.#build(
      used.filter((server) => server.backup),
      this.#backups,
    );
    if (this.#hasEjected || ejected.length > 0) this.#ejected = this.#build(ejected, this.#ejected);
    this.#hasRegular = regular.length > 0;
    this.#hasEjected = ejected.length > 0;
  }

  /** Is there anybody but those of {@link pick}? */
  get hasEjected(): boolean {
    return this.#hasEjected;
  }

  /** The server for a new client, none that is ejected. Hot path. */
  pick(client: Client, tried: readonly Server[]): Server | undefined {
    const server = this.#regular.pick(client, tried);
    if (server !== undefined || (this.#hasRegular && tried.length === 0)) return server;
    return this.#backups.pick(client, tried);
  }

  pickEjected(client: Client, tried: readonly Server[]): Server | undefined {
    return this.#ejected.pick(client, tried);
  }

  #build(servers: readonly Server[], previous: Picker): Picker {
    return this.#balance.build(servers, this.#random, previous);
  }
}
