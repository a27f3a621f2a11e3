import { isSamePlain } from '../base/plain-data.ts';
import type { ServiceConfig } from '../config/balancer-config.ts';
import { plainForMode, plainService, type PlainServiceConfig } from '../config/plain-config.ts';
import type { ResolvedListenerConfig, ResolvedServiceConfig } from '../config/resolved-config.ts';
import { withNamedTables, withPersistence } from '../config/shared-tables.ts';
import type { BaseListener } from '../listener/base-listener.ts';
import type { StopOptions } from '../listener/lifecycle.ts';
import type { Server, ServerOptions } from '../model/server.ts';
import type { MadeTable } from '../persistence/make-persistence.ts';
import type { Persistence } from '../persistence/persistence.ts';
import type { SourceIp } from '../persistence/source-ip.ts';
import { expectHealth } from '../pool/known-health.ts';
import type { Pool } from '../pool/pool.ts';
import type { Orders } from '../pool/server-options.ts';
import { describeService, type ServiceOverview } from './service-overview.ts';
import { startAll } from './start-all.ts';

/** A virtual service of a balancer: its configuration, and the one or two listeners that were made from it. */
export class Service {
  readonly listeners: readonly BaseListener[];
  /** The stick tables that were made for it, in the order of the configuration. */
  readonly tables: readonly MadeTable[];
  /** The names that those without one were given since. */
  #tableNames: readonly string[] = [];
  #config: ResolvedServiceConfig;
  /** Of two, the one of TCP. */
  readonly #first: BaseListener;

  /** @throws TypeError without a listener */
  constructor(
    config: ResolvedServiceConfig,
    listeners: readonly BaseListener[],
    tables: readonly MadeTable[],
  ) {
    const [first] = listeners;
    if (first === undefined) throw new TypeError(`service '${config.name}' has no listener`);
    this.#config = config;
    this.#first = first;
    this.listeners = listeners;
    this.tables = tables;
  }

  get name(): string {
    return this.#config.name;
  }

  /** What returns clients to their servers, in all listeners. */
  get persistence(): Persistence {
    return this.#first.persistence;
  }

  /** As they are now. */
  get servers(): readonly Server[] {
    return this.#first.pool.servers;
  }

  /** What the configuration orders of a server; undefined where it has none of that name. */
  configuredOrders(server: string): Orders | undefined {
    const configured = this.#config.listeners[0].pool.servers.find(({ name }) => name === server);
    return configured && { adminState: configured.adminState ?? 'online', weight: configured.weight ?? 1 };
  }

  /** @throws SluiceError `SLUICE_ERR_NOT_FOUND` */
  order(server: string, { adminState, weight }: Orders): void {
    for (const { pool } of this.listeners) {
      pool.setAdminState(server, adminState);
      pool.setWeight(server, weight);
    }
  }

  /**
   * The configuration as it was read, to compare with the next one; it has no orders that came later. Tables that
   * were named later have their name where the next one states it, too.
   */
  configBeside(next: ResolvedServiceConfig | undefined): ResolvedServiceConfig {
    return next !== undefined && this.#namesTables(next) ? this.#namedConfig : this.#config;
  }

  /** As `configBeside`, with servers and orders as they are now. */
  presentBeside(next: ResolvedServiceConfig | undefined): ResolvedServiceConfig {
    const config = this.configBeside(next);
    const { servers } = this.#first.pool.toOptions();
    const withServers = (listener: ResolvedListenerConfig): ResolvedListenerConfig => {
      return { ...listener, pool: { ...listener.pool, servers } };
    };
    const [first, ...more] = config.listeners;
    return { ...config, listeners: [withServers(first), ...more.map(withServers)] };
  }

  /** Starts all its listeners, or none: what was started is stopped again before the error is thrown. */
  start(): Promise<void> {
    return startAll(this.listeners);
  }

  async stop(options: StopOptions): Promise<void> {
    await Promise.all(this.listeners.map((listener) => listener.stop(options)));
  }

  /** Stops it once others serve in its place, or because nobody wants it any more. */
  async retire(options: StopOptions): Promise<void> {
    await Promise.all(this.listeners.map((listener) => listener.retire(options)));
  }

  overview(): ServiceOverview {
    return describeService(this.#config.name, this.#config.mode, this.listeners);
  }

  /** The configuration that it was made from, complete. */
  get source(): PlainServiceConfig {
    return plainService(this.#namedConfig, this.#config.listeners[0].pool.servers);
  }

  /** The configuration that would make this service again, servers as they are now. */
  toConfig(): PlainServiceConfig {
    return plainService(this.#namedConfig, this.#first.pool.toOptions().servers);
  }

  /** What a copy of it begins with. @param mode that of the copy. @default the same */
  toCopy(mode: ServiceConfig['mode'] = this.#config.mode): PlainServiceConfig {
    return plainForMode(this.toConfig(), this.#config, mode);
  }

  /**
   * Gives a name to each of its tables that has none, so that another service can share it.
   *
   * @param known the named tables that there are
   * @returns those tables by their names
   */
  nameTables(known: ReadonlyMap<string, SourceIp>): ReadonlyMap<string, SourceIp> {
    const named = new Map<string, SourceIp>();
    const unnamed = this.tables.filter(({ name }) => name === undefined);
    for (const { sourceIp: table } of unnamed) {
      const isFree = (name: string): boolean => !named.has(name) && (known.get(name) ?? table) === table;
      let name = this.name;
      for (let more = 2; !isFree(name); more++) name = `${this.name}-${more}`;
      named.set(name, table);
    }
    this.#tableNames = [...named.keys()];
    return named;
  }

  #namesTables({ listeners: [next] }: ResolvedServiceConfig): boolean {
    return isSamePlain(next.persistence, this.#namedConfig.listeners[0].persistence);
  }

  get #namedConfig(): ResolvedServiceConfig {
    const names = this.#tableNames.values();
    return this.#tableNames.length === 0
      ? this.#config
      : withNamedTables(this.#config, () => names.next().value ?? this.name);
  }

  /**
   * Takes over the servers of another configuration. A server whose entry is the same in both is not touched: orders
   * given meanwhile (drain, halt, weight) stand. Resolves when all followers go by it.
   *
   * @param by who orders it, for the events
   */
  async updateServers(next: ResolvedServiceConfig, by: string): Promise<void> {
    for (const { pool } of this.listeners) pool.updateServers(serversOf(next, this.#config, pool), by);
    // A configuration that states the names that tables were given means the same as one that states none.
    const { persistence } = this.#config.listeners[0];
    this.#config = this.#namesTables(next) ? withPersistence(next, persistence) : next;
    await Promise.all(this.listeners.map(({ pool }) => Promise.resolve(pool.inForce())));
  }

  /**
   * For a service that starts in the place of another. Orders given there stand, as with `updateServers`. What was
   * found of a server holds until its first probe here, if both services check it in the same way.
   */
  inherit(predecessor: Service): void {
    for (const listener of this.listeners) {
      const theirs = predecessor.listeners.find(({ transport }) => transport === listener.transport);
      if (theirs === undefined) continue;
      listener.pool.updateServers(serversOf(this.#config, predecessor.#config, theirs.pool));
      const isCheckedAlike = isSamePlain(checksOf(predecessor.#config), checksOf(this.#config));
      if (isCheckedAlike && listener.pool.options.healthCheck !== undefined)
        expectHealth(listener.pool, theirs.pool);
    }
  }
}

/** The servers of a configuration. Those whose entry did not change are as they are now. */
function serversOf(
  next: ResolvedServiceConfig,
  last: ResolvedServiceConfig,
  present: Pool,
): readonly ServerOptions[] {
  const before = new Map(last.listeners[0].pool.servers.map((server) => [server.name, server]));
  const now = new Map(present.toOptions().servers.map((server) => [server.name, server]));
  return next.listeners[0].pool.servers.map((server) => {
    const isSame = isSamePlain(before.get(server.name), server);
    return isSame ? (now.get(server.name) ?? server) : server;
  });
}

/** How servers are checked. What one kind of check found says nothing about another. */
function checksOf({ mode, listeners }: ResolvedServiceConfig): unknown {
  return [mode, ...listeners.map(({ pool }) => pool.healthCheck)];
}
