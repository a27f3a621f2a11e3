import type { BalancingPolicy } from '../balancing/balancing-policy.ts';
import { wouldAdmitNewClients } from '../model/availability.ts';
import type { Client } from '../model/client.ts';
import type { Server } from '../model/server.ts';
import type { Random } from '../runtime/runtime.ts';
import { GuardedPicker, type OnPolicyFailure, type Prospect } from './guarded-picker.ts';

const noServers: readonly Server[] = [];

/**
 * The servers that balancing chooses from, in three ranks: servers, backups and ejected ones. A rank gets a client
 * only where no server of a better rank is there or could be reached.
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

  /** @param mayWait whether the client would rather wait for a full server than go to an ejected one. Hot path. */
  pick(client: Client, tried: readonly Server[], mayWait: boolean): Server | undefined {
    const server = this.#pickUsed(client, tried);
    if (server !== undefined || !this.#hasEjected || (mayWait && this.#isUsedFull(tried))) return server;
    return this.#ejected.pick(client, tried);
  }

  /** What {@link pick} would do now for a client that has tried no server. */
  peek(client: Client, mayWait: boolean): Prospect {
    const prospect = this.#peekUsed(client);
    const isTold = prospect.server !== undefined || !prospect.isCertain;
    if (isTold || !this.#hasEjected || (mayWait && this.#isUsedFull(noServers))) return prospect;
    return this.#ejected.peek(client, noServers);
  }

  /** Is there a server that only lacks room? */
  isFull(tried: readonly Server[]): boolean {
    return this.#isUsedFull(tried) || lacksRoom(this.#ejected.servers, tried);
  }

  /** Hot path. */
  #pickUsed(client: Client, tried: readonly Server[]): Server | undefined {
    const server = this.#regular.pick(client, tried);
    if (server !== undefined || (this.#hasRegular && tried.length === 0)) return server;
    return this.#backups.pick(client, tried);
  }

  #peekUsed(client: Client): Prospect {
    const prospect = this.#regular.peek(client, noServers);
    const isTold = prospect.server !== undefined || !prospect.isCertain;
    return isTold || this.#hasRegular ? prospect : this.#backups.peek(client, noServers);
  }

  #isUsedFull(tried: readonly Server[]): boolean {
    return lacksRoom(this.#regular.servers, tried) || lacksRoom(this.#backups.servers, tried);
  }
}

function lacksRoom(servers: readonly Server[], tried: readonly Server[]): boolean {
  return servers.some((server) => server.sessions >= server.maxSessions && !tried.includes(server));
}
