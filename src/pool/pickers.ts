import type { BalancingPolicy } from '../balancing/balancing-policy.ts';
import { wouldAdmitNewClients } from '../model/availability.ts';
import type { Client } from '../model/client.ts';
import type { Server } from '../model/server.ts';
import type { Random } from '../runtime/runtime.ts';
import { GuardedPicker, type OnPolicyFailure } from './guarded-picker.ts';

/**
 * Whom balancing chooses from, in three ranks: servers, backups, and those that are ejected. A rank gets a client
 * only where no server of a better one is there, or could be reached.
 *
 * Every change of who admits new clients builds new pickers; `pick` only reads them.
 */
export class Pickers {
  readonly #regular: GuardedPicker;
  readonly #backups: GuardedPicker;
  readonly #ejected: GuardedPicker;
  #hasRegular = false;
  #hasEjected = false;

  constructor(balance: BalancingPolicy, random: Random, onFailure: OnPolicyFailure) {
    this.#regular = new GuardedPicker(balance, random, onFailure);
    this.#backups = new GuardedPicker(balance, random, onFailure);
    this.#ejected = new GuardedPicker(balance, random, onFailure);
  }

  build(servers: readonly Server[]): void {
    const admitting = servers.filter(wouldAdmitNewClients);
    const used = admitting.filter((server) => !server.ejected);
    const regular = used.filter((server) => !server.backup);
    const ejected = admitting.filter((server) => server.ejected);
    this.#regular.build(regular);
    this.#backups.build(used.filter((server) => server.backup));
    if (this.#hasEjected || ejected.length > 0) this.#ejected.build(ejected);
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
}
