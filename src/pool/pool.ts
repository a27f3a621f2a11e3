// Over 250 lines because all states of its servers change here and nowhere else; much of it is documentation.
import { SluiceError } from '../base/errors.ts';
import type { Client } from '../model/client.ts';
import { adminStates, Server, type AdminState, type ServerOptions } from '../model/server.ts';
import { OptionReader } from '../base/options.ts';
import type { Random } from '../runtime/runtime.ts';
import { systemRuntime } from '../runtime/system-runtime.ts';
import type { ServiceEvents } from '../facts/service-events.ts';
import { ejectedInVain, mayBeEjected } from './ejection-rules.ts';
import type { Prospect } from './guarded-picker.ts';
import { program } from './orderer.ts';
import { Pickers } from './pickers.ts';
import {
  makePoolOptions,
  readPoolOptions,
  readServers,
  type PoolInput,
  type ResolvedPoolOptions,
} from './pool-options.ts';
import type { PoolContext } from './pool-context.ts';
import type { MirroredServer, PoolSharing } from './pool-sharing.ts';
import { ReturningClients } from './returning-clients.ts';
import { ServerMonitor } from './server-monitor.ts';
import { describeServer, mirrorServer, ordersOf, takeOverHealth, type Orders } from './server-options.ts';
import { Settling } from './settling.ts';
import { WaitQueue } from './wait-queue.ts';

/** Policies whose picks depend on client and servers alone. */
const sameEverywhere: ReadonlySet<string> = new Set(['rendezvous', 'firstAvailable']);

/**
 * The real servers of **one** service, with balancing and health. Owns its `Server` objects; nothing else changes
 * their states. The listener attaches it at start and detaches it at stop.
 *
 * Every change of who admits new clients builds new pickers; `pick` only reads them.
 */
export class Pool {
  readonly options: ResolvedPoolOptions;
  /**
   * Sessions that wait while every suitable server is full.
   *
   * @internal
   */
  readonly queue: WaitQueue;
  readonly #sharing: PoolSharing | undefined;
  #servers: readonly Server[] = [];
  #byName: ReadonlyMap<string, Server> = new Map();
  readonly #pickers: Pickers;
  #context: PoolContext | undefined;
  readonly #monitors = new Map<Server, ServerMonitor>();
  readonly #settling = new Settling();
  readonly #returning = new ReturningClients();

  /** @throws OptionsError with every problem of the options */
  constructor(options: PoolInput, random?: Random);
  /**
   * @internal
   * @param sharing ties it to the pools of the same service elsewhere
   */
  constructor(options: PoolInput, random: Random, sharing: PoolSharing);
  constructor(options: PoolInput, random: Random = systemRuntime.random, sharing?: PoolSharing) {
    const reader = new OptionReader('pool', options);
    const spec = readPoolOptions(reader);
    reader.finish();
    this.options = makePoolOptions(spec);
    this.#sharing = sharing;
    this.queue = new WaitQueue(this.options.maxQueued, sharing);
    const { balance } = this.options;
    this.#pickers = new Pickers(balance, random, (call, error) => {
      this.#context?.failures.report(`balancing policy '${balance.kind}'`, call, error);
    });
    this.#setServers(this.options.servers.map((server) => this.#makeServer(server)));
  }

  get servers(): readonly Server[] {
    return this.#servers;
  }

  get(name: string | undefined): Server | undefined {
    return name === undefined ? undefined : this.#byName.get(name);
  }

  /** The options that would make this pool again, weights and admin states as they are now. */
  toOptions(): ResolvedPoolOptions {
    return { ...this.options, servers: this.#servers.map(describeServer) };
  }

  /** Where the traffic of this pool's listener goes on a server. */
  portOf(server: Server): number {
    return server.port ?? this.#context?.port ?? 0;
  }

  /**
   * The server for a new client; backups only where no other server admits one or could be reached, and ejected
   * ones only where nobody else is left. Hot path.
   *
   * @internal
   * @param mayWait whether the client would rather wait for a full server than go to an ejected one
   */
  pick(client: Client, tried: readonly Server[], mayWait = false): Server | undefined {
    return this.#pickers.pick(client, tried, mayWait);
  }

  /**
   * What `pick` would do now for a client that has tried no server. Where other pools pick as well, each has a
   * rotation of its own.
   *
   * @internal
   */
  peek(client: Client, mayWait: boolean): Prospect {
    const prospect = this.#pickers.peek(client, mayWait);
    const isAlone = this.#sharing === undefined || sameEverywhere.has(this.options.balance.kind);
    return isAlone || prospect.server === undefined ? prospect : { ...prospect, isCertain: false };
  }

  /**
   * Is there a server that only lacks room?
   *
   * @internal
   */
  isFull(tried: readonly Server[]): boolean {
    return this.#pickers.isFull(tried);
  }

  /** Sessions that wait, those elsewhere included. */
  get queued(): number {
    return this.#sharing?.queued ?? this.queue.size;
  }

  /**
   * A lease of this server ended: somebody who waits may get its place. Hot path.
   *
   * @internal
   */
  released(server: Server): void {
    if (this.#sharing?.released(server) !== 'elsewhere' && this.queue.size > 0) this.offer(server);
    if (this.#settling.isAwaited && server.sessions === 0) this.#settling.settle(server);
  }

  /**
   * Lets those who wait here try to get a place on the server.
   *
   * @internal
   */
  offer(server: Server): void {
    // A waiter that gives up at its turn leaves the place to the next one.
    while (this.queue.size > 0 && server.sessions < server.maxSessions && this.queue.offerOne());
  }

  /**
   * Resolves when all pools of the service go by the changes made so far; undefined where this one is alone.
   *
   * @internal
   */
  inForce(): Promise<unknown> | undefined {
    return this.#sharing?.inForce();
  }

  /**
   * Resolves when the server next has no session, or its admin state changes.
   *
   * @internal
   */
  settled(server: Server): Promise<void> {
    return this.#settling.next(server);
  }

  /**
   * Persistence sent a client to a server that drains.
   *
   * @internal
   */
  returned(server: Server, client: string): void {
    if (this.#returning.note(server, client)) this.#sharing?.returned(server, client);
  }

  /**
   * The addresses of clients that came to the server since it last began to drain, 1000 at most.
   *
   * @internal
   */
  returningTo(server: Server): readonly string[] {
    return this.#returning.of(server);
  }

  /** @internal */
  connected(server: Server): void {
    this.#monitors.get(server)?.connected();
    this.#sharing?.connected(server);
  }

  /** @internal */
  connectFailed(server: Server): void {
    this.#monitors.get(server)?.connectFailed();
    this.#sharing?.connectFailed(server);
  }

  /**
   * @param by who orders it, for the event
   * @throws SluiceError `SLUICE_ERR_NOT_FOUND`
   * @throws OptionsError for a word that is no admin state
   */
  setAdminState(name: string, adminState: AdminState, by = program): void {
    const server = this.require(name);
    const reader = new OptionReader('', { adminState });
    reader.oneOf('adminState', adminStates);
    reader.finish();
    const before = ordersOf(server);
    server.adminState = adminState;
    this.#ordersChanged(server, before, by);
  }

  /**
   * @param weight 0 to 256; 0 leaves only persistent clients
   * @param by who orders it, for the event
   * @throws SluiceError `SLUICE_ERR_NOT_FOUND`
   * @throws OptionsError for a weight out of range
   */
  setWeight(name: string, weight: number, by = program): void {
    const server = this.require(name);
    const reader = new OptionReader('', { weight });
    reader.integer('weight', { min: 0, max: 256 });
    reader.finish();
    const before = ordersOf(server);
    server.weight = weight;
    this.#ordersChanged(server, before, by);
  }

  /**
   * Replaces the servers with those of a new list. A server with the same name, host and port stays, with its
   * sessions, health and counters; a removed one is halted, and its sessions live on.
   *
   * @param by who orders it, for the events
   * @throws OptionsError with every problem of the list; nothing was changed then
   */
  updateServers(servers: readonly ServerOptions[], by = program): void {
    const reader = new OptionReader('', { servers });
    const wanted = readServers(reader);
    reader.finish();
    const before = new Map(this.#servers.map((server) => [server, ordersOf(server)]));
    const next = wanted.map((options) => {
      const present = this.get(options.name);
      if (present?.host !== options.host || present.port !== options.port) return this.#makeServer(options);
      present.reconfigure(options);
      return present;
    });
    const removed = this.#servers.filter((server) => !next.includes(server));
    for (const server of removed) server.adminState = 'halt';
    this.#setServers(next);
    for (const server of removed) {
      this.#settling.settle(server);
      this.#publish('serverRemoved', { server: server.name, by });
    }
    for (const server of next) {
      const orders = before.get(server);
      if (orders === undefined) this.#publish('serverAdded', { server: server.name, by });
      else this.#tellOrders(server, orders, by);
    }
  }

  /**
   * For a pool that follows one elsewhere: takes over the other's servers and all that is known of them.
   *
   * @internal
   */
  follow(states: readonly MirroredServer[]): void {
    const takeOver = (state: MirroredServer): void => {
      takeOverHealth(this.get(state.options.name), state);
    };
    // Servers that stay, before anybody is sent there; new ones, as soon as they are there.
    states.forEach(takeOver);
    this.updateServers(states.map(({ options }) => options));
    states.forEach(takeOver);
    this.availabilityChanged();
  }

  /** What is known of each server now, for pools that follow this one. @internal */
  describe(): readonly MirroredServer[] {
    return this.#servers.map(mirrorServer);
  }

  /**
   * For the listener: starts the checks.
   *
   * @internal
   * @throws SluiceError `SLUICE_ERR_STATE` where the pool serves another listener
   */
  attach(context: PoolContext): void {
    if (this.#context !== undefined) {
      throw new SluiceError(
        'SLUICE_ERR_STATE',
        `The pool already serves '${this.#context.service}'; give '${context.service}' its own pool, as duplicate() does`,
      );
    }
    context.onServersChanged(this.#servers.map((server) => server.name));
    this.#context = context;
    this.#monitor();
  }

  /**
   * For the listener: ends the checks. Idempotent.
   *
   * @internal
   */
  detach(): void {
    const context = this.#context;
    this.#context = undefined;
    context?.onDetach?.();
    this.#monitor();
    this.availabilityChanged();
  }

  /**
   * For monitors: takes back servers that no other can replace any more, builds new pickers, and lets those who wait
   * try again.
   *
   * @internal
   */
  availabilityChanged(): void {
    this.recallEjected();
    this.#pickers.build(this.#servers);
    this.queue.offerAll();
    this.#sharing?.availabilityChanged();
  }

  /**
   * For monitors: may this server be ejected?
   *
   * @internal
   */
  mayEject(server: Server): boolean {
    const { passiveHealth } = this.options;
    if (passiveHealth === false) return false;
    return mayBeEjected(server, this.#servers, passiveHealth.maxEjectedRatio, this.#isFailing);
  }

  /**
   * Takes ejected servers back where no better one is left.
   *
   * @internal
   */
  recallEjected(): void {
    for (const server of ejectedInVain(this.#servers, this.#isFailing)) this.#monitors.get(server)?.readmit();
  }

  readonly #isFailing = (server: Server): boolean => this.#monitors.get(server)?.isDue === true;

  #makeServer(options: ServerOptions): Server {
    return this.#sharing?.makeServer(options) ?? new Server(options);
  }

  #setServers(servers: readonly Server[]): void {
    this.#servers = servers;
    this.#byName = new Map(servers.map((server) => [server.name, server]));
    this.#context?.onServersChanged([...this.#byName.keys()]);
    this.#monitor();
    this.availabilityChanged();
  }

  #ordersChanged(server: Server, before: Orders, by: string): void {
    if (server.adminState === before.adminState && server.weight === before.weight) return;
    this.availabilityChanged();
    this.#tellOrders(server, before, by);
  }

  /** Publishes what changed in a person's orders, once it is in force. */
  #tellOrders(server: Server, before: Orders, by: string): void {
    const now = ordersOf(server);
    if (now.adminState !== before.adminState) {
      const change = { server: server.name, previous: before.adminState, current: now.adminState, by };
      if (now.adminState === 'drain') this.#returning.begin(server);
      this.#settling.settle(server);
      this.#publish('serverAdminStateChanged', change);
    }
    if (now.weight !== before.weight) {
      const change = { server: server.name, previous: before.weight, current: now.weight, by };
      this.#publish('serverWeightChanged', change);
    }
  }

  /** Invariant: while attached, exactly the present servers have a monitor. */
  #monitor(): void {
    const context = this.#context;
    for (const [server, monitor] of this.#monitors) {
      if (context !== undefined && this.#servers.includes(server)) continue;
      monitor.stop();
      this.#monitors.delete(server);
    }
    if (context === undefined) return;
    const { healthCheck, passiveHealth } = this.options;
    for (const server of this.#servers) {
      if (this.#monitors.has(server)) continue;
      this.#monitors.set(server, new ServerMonitor(server, this, context, healthCheck, passiveHealth));
    }
  }

  /** @throws SluiceError `SLUICE_ERR_NOT_FOUND`, naming the servers there are */
  require(name: string): Server {
    const server = this.get(name);
    if (server !== undefined) return server;
    const known = this.#servers.map((present) => present.name).join(', ') || 'none';
    throw new SluiceError('SLUICE_ERR_NOT_FOUND', `No server '${name}' in the pool; known servers: ${known}`);
  }

  #publish<Name extends 'serverAdminStateChanged' | 'serverWeightChanged' | 'serverAdded' | 'serverRemoved'>(
    name: Name,
    fact: Omit<ServiceEvents[Name], 'service' | 'atMs'>,
  ): void {
    const context = this.#context;
    if (context === undefined) return;
    const common = { service: context.service, atMs: context.runtime.clock.wallMs() };
    context.facts.publish(name, { ...fact, ...common } as ServiceEvents[Name]);
  }
}
