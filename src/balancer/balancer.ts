/* eslint max-lines: ['error', { max: 318, skipBlankLines: true, skipComments: true }] -- It is what users call: many short methods, and their documentation. */
import { SharedEngine } from '../engine/shared-engine.ts';
import { SluiceError } from '../base/errors.ts';
import type { Finding } from '../base/finding.ts';
import { FactEmitter } from '../facts/fact-emitter.ts';
import type { EngineKind } from '../engine/select-engine.ts';
import { worseOutcome, type DrainOptions, type DrainOutcome } from '../listener/drain.ts';
import type { EngineSource } from '../engine/engine-lease.ts';
import type { StopOptions } from '../listener/lifecycle.ts';
import type { AdminState } from '../model/server.ts';
import { OptionReader } from '../base/options.ts';
import { PersistenceMaker } from '../persistence/make-persistence.ts';
import type { SourceIp } from '../persistence/source-ip.ts';
import type { Explanation } from '../pool/selector.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { readRuntime } from '../runtime/runtime-option.ts';
import { withSafeLog } from '../runtime/safe-log.ts';
import { requireEvent } from '../facts/required-event.ts';
import { AccessLog } from '../records/access-log.ts';
import type { AccessLogOptions } from '../records/access-log-options.ts';
import type { ServiceEvents } from '../facts/service-events.ts';
import { Metrics } from '../metrics/metrics.ts';
import type { BalancerConfig, ServiceConfig } from '../config/balancer-config.ts';
import { applyConfig, type ApplyOptions, type ServiceMaker } from './apply.ts';
import { ordersInForce, plannedChanges, presentDifferences } from './compare-config.ts';
import type { ConfigChange } from '../config/describe-changes.ts';
import type { ConfigDifference } from '../config/describe-differences.ts';
import type { PlainConfig, PlainServiceConfig } from '../config/plain-config.ts';
import { readConfig } from '../config/read-config.ts';
import { newTableSeed } from '../config/read-listener.ts';
import type { ResolvedConfig } from '../config/resolved-config.ts';
import type { Service } from '../service/service.ts';
import { openTable, type ServiceTable } from '../service/service-table.ts';
import { carryEntries } from '../snapshot/carry-entries.ts';
import { restoreSnapshot, type RestoreReport } from '../snapshot/restore-snapshot.ts';
import type { DrainOrder, Snapshot } from '../snapshot/snapshot.ts';
import { joinParts, type SnapshotPart } from '../snapshot/snapshot-parts.ts';
import { takeSnapshot, type SnapshotScope } from '../snapshot/take-snapshot.ts';
import { DrainsUnderWay } from './drains-under-way.ts';
import { explainClient } from './explain-client.ts';
import { buildService, type BuildContext } from './build-service.ts';
import { withoutServer, withServer, type ServerAddition } from './server-changes.ts';
import { PresentFindings } from './present-findings.ts';
import { findParts, findService, readSelection, type ServerSelection } from './server-selection.ts';
import { startAll } from '../service/start-all.ts';
import type { Sharing } from '../share/leader/sharing.ts';
import { openSharing } from '../share/open-sharing.ts';
import type { Overview } from './overview.ts';
import { sessionCount, sessionsOf, type ServiceSession } from './service-sessions.ts';

/** What a balancer needs of the world. */
export interface BalancerOptions {
  /** Clock, randomness and log. @default the system's */
  readonly runtime?: Runtime;
}

/**
 * All services of a configuration, as one: started and stopped together, with one engine, one stream of
 * events and one overview.
 */
export class Balancer {
  readonly #engine: Exclude<EngineSource, EngineKind>;
  readonly #runtime: Runtime;
  readonly #facts = new FactEmitter<ServiceEvents>();
  /** Named persistence tables, which outlive a reconfiguration. */
  #tables: ReadonlyMap<string, SourceIp> = new Map();
  readonly #tableSeed: number;
  readonly #sharing: Sharing;
  /** Of the first configuration: chosen once. */
  readonly #asked: Pick<ResolvedConfig, 'engine' | 'workers'>;
  readonly #findings: PresentFindings;
  #services: readonly Service[];
  /** How often a change replaced them. */
  #replacements = 0;
  /** Services that a change replaced and that have not ended yet. */
  readonly #retiring = new Set<Service>();
  readonly #drains = new DrainsUnderWay();
  #isStarted = false;
  #metrics: Metrics | undefined = undefined;
  /** Changes run one after the other, each until its new services serve. */
  #changing: Promise<unknown> = Promise.resolve();

  /** @throws OptionsError with every problem of the configuration; no socket was opened then */
  constructor(config: BalancerConfig | PlainConfig, options: BalancerOptions = {}) {
    const reader = new OptionReader('balancer', options);
    this.#runtime = withSafeLog(readRuntime(reader));
    reader.finish();
    this.#tableSeed = newTableSeed(this.#runtime.random);
    const read = readConfig(config);
    this.#asked = { engine: read.engine, workers: read.workers };
    this.#findings = new PresentFindings(read, this.#runtime.log);
    this.#engine =
      typeof read.engine === 'string' ? new SharedEngine(read.engine, this.#runtime) : read.engine;
    this.#sharing = openSharing(read.workers, this.#runtime, this.#facts);
    const persistences = this.#persistences();
    this.#services = read.services.map((service) => buildService(service, this.#buildContext, persistences));
    this.#tables = persistences.tables;
  }

  /**
   * Which engine carries the traffic, and why this one; chosen at the start. Also says where, if workers were
   * asked for.
   */
  get engine(): { readonly name: string; readonly reason: string } {
    const engine = this.#engine;
    const reason = engine instanceof SharedEngine ? engine.reason : 'passed in';
    const { about } = this.#sharing;
    return { name: engine.name, reason: about === undefined ? reason : `${reason}; ${about}` };
  }

  on<Name extends keyof ServiceEvents>(name: Name, handler: (fact: ServiceEvents[Name]) => void): this {
    requireEvent('on', name, handler);
    this.#facts.on(name, handler);
    return this;
  }

  once<Name extends keyof ServiceEvents>(name: Name, handler: (fact: ServiceEvents[Name]) => void): this {
    requireEvent('once', name, handler);
    this.#facts.once(name, handler);
    return this;
  }

  off<Name extends keyof ServiceEvents>(name: Name, handler: (fact: ServiceEvents[Name]) => void): this {
    requireEvent('off', name, handler);
    this.#facts.off(name, handler);
    return this;
  }

  /**
   * Tells of each session, exchange and flow that ends from now on: `docs/access-log.md`. There may be several logs, each
   * for other services or readers. They outlive a stop, until their maker closes them.
   *
   * @throws OptionsError with every problem of the options
   */
  accessLog(options: AccessLogOptions): AccessLog {
    return new AccessLog(this.#facts, this.#runtime, options);
  }

  /**
   * Starts every service, or none.
   *
   * @throws SluiceError with every port that could not be bound; `code` is the first one's
   */
  start(): Promise<void> {
    return this.#change(async () => {
      if (this.#isStarted)
        throw new SluiceError('SLUICE_ERR_STATE', 'The balancer is already started; call stop() first');
      this.#findings.tell();
      await startAll(this.#services);
      this.#isStarted = true;
      this.#goOnDraining();
    });
  }

  /** Takes nothing new, waits for what is under way, cuts what is left after the grace time. Idempotent. */
  async stop(options: StopOptions = {}): Promise<void> {
    // Also before a running change ends: what it waits for must end now, even with a shorter grace time than it gave.
    await this.#stopServices(options);
    await this.#change(async () => {
      await this.#stopServices(options);
      this.#isStarted = false;
      this.#metrics?.stop();
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop({ graceMs: 0 });
  }

  /** The System Overview: every service and server now, as plain data that does not change afterwards. */
  overview(): Overview {
    return {
      engine: this.engine.name,
      atMs: this.#runtime.clock.wallMs(),
      services: this.#services.map((service) => service.overview()),
      replacedSessions: sessionCount([...this.#retiring]),
    };
  }

  /**
   * What Prometheus scrapes. From the first time on that this is read, durations are measured: of sessions, exchanges,
   * connects and waits.
   */
  get metrics(): Metrics {
    this.#metrics ??= this.#measure();
    return this.#metrics;
  }

  /**
   * The present configuration, which makes the same balancer again: every option stated, servers with their present
   * weights and admin states, duplicates included. Plain data that JSON can hold, `Infinity` as a text; live objects
   * that were given in place of specs are given back as they are.
   */
  get config(): PlainConfig {
    return { ...this.#asked, services: this.#services.map((service) => service.toConfig()) };
  }

  /**
   * What is worth a word in the configuration of the last `apply` or `duplicate`, or else the first one, the gravest
   * first; see `lintConfig`. The log has each once, from the start on.
   */
  get findings(): readonly Finding[] {
    return this.#findings.list;
  }

  /**
   * Takes no new clients to a server; those that persistence sends there still come. Resolves when it has no session,
   * or has had none for `quietForMs`, or when its sessions were cut at `deadlineMs` and the server halted. Without a
   * deadline that may take as long as persistent clients keep coming. With `then: 'halt'` it is also halted once it
   * is empty, and no client comes any more.
   *
   * @returns the outcome by service
   * @throws SluiceError `SLUICE_ERR_NOT_FOUND` for an unknown server or service
   * @throws OptionsError for whatever else the order states
   */
  async drain(order: ServerSelection & DrainOptions): Promise<ReadonlyMap<string, DrainOutcome>> {
    const selection = readSelection('drain', order, ['deadlineMs', 'quietForMs', 'then']);
    const { service: _, ...options } = order;
    const outcomes = new Map<string, DrainOutcome>();
    const parts = findParts(this.#services, selection);
    const drains = parts.map(async (part) => {
      const outcome = await part.drain(options);
      outcomes.set(part.name, worseOutcome(outcome, outcomes.get(part.name) ?? outcome));
    });
    const services = parts.map(({ name }) => name);
    const ended = this.#drains.begin(services, options, this.#runtime.clock.wallMs());
    await Promise.all(drains).finally(ended);
    return outcomes;
  }

  /** Sends no client to a server, not even persistent ones; sessions under way go on. @throws as `drain` */
  halt(order: ServerSelection): void {
    this.#setAdminState(order, 'halt');
  }

  /** Takes a server back into use. @throws as `drain` */
  online(order: ServerSelection): void {
    this.#setAdminState(order, 'online');
  }

  /**
   * Changes a server's share of new clients at once.
   *
   * @throws SluiceError `SLUICE_ERR_NOT_FOUND`; OptionsError for a weight that is not 0 to 256
   */
  setWeight(order: ServerSelection & { readonly weight: number }): void {
    const selection = readSelection('setWeight', order, ['weight']);
    for (const { pool } of findParts(this.#services, selection))
      pool.setWeight(selection.server, order.weight, selection.by);
  }

  /**
   * Who is connected now: TCP sessions, HTTP client connections and UDP flows, the longest first, those of a service
   * that a change has replaced included.
   *
   * @throws SluiceError `SLUICE_ERR_NOT_FOUND` for an unknown service
   */
  async sessions(of: Partial<ServerSelection> = {}): Promise<readonly ServiceSession[]> {
    if (of.service !== undefined) findService(this.#services, of.service);
    const parts = [...this.#services, ...this.#retiring]
      .flatMap(({ listeners }) => listeners)
      .filter(({ name }) => of.service === undefined || name === of.service);
    return sessionsOf(parts, of.server);
  }

  /**
   * Where the next new session of a client of this IP address would go now, and why, in every service; in one of TCP and
   * UDP by UDP, where it has no server by TCP. Changes nothing.
   *
   * @throws OptionsError where it is no IP address
   */
  explain(client: string): ReadonlyMap<string, Explanation> {
    return explainClient(this.#services, client);
  }

  /**
   * The stick table of a service: what it remembers of clients, to list and to change. It is that of now: ask again after
   * `apply`.
   *
   * @param position which one, where the service's persistence has several, from 0. @default 0
   * @throws SluiceError `SLUICE_ERR_NOT_FOUND` for an unknown service, or one without such a table
   */
  table(service: string, position = 0): ServiceTable {
    const everybody = [...this.#services, ...this.#retiring];
    return openTable(findService(this.#services, service), position, everybody, this.#runtime.clock);
  }

  /**
   * What the balancer knows beside its configuration: orders that differ from it, and stick tables with the time that
   * their entries have left. Taken in slices of two milliseconds: traffic goes on. Takes 24 bytes for each entry.
   */
  snapshot(): Promise<Snapshot> {
    return joinParts(this.snapshotParts(0));
  }

  /**
   * As `snapshot`, piece by piece.
   *
   * @param generation of the file that it is for
   * @param withConfig whether it has the configuration as well
   * @internal
   */
  snapshotParts(generation: number, withConfig = false): AsyncGenerator<SnapshotPart, void, undefined> {
    return takeSnapshot(this.#snapshotScope, generation, withConfig ? this.#source : undefined);
  }

  /**
   * Takes back what a snapshot knows, before the start or while it runs. The time of entries has gone on meanwhile. Where
   * both know a client, the later use wins. An order stands where the configuration of its server is what it was; a drain
   * goes on with its deadline, once the balancer is started. Orders that it does not speak of stand.
   *
   * @returns what was restored, and what was left out and why
   */
  restore(snapshot: Snapshot): Promise<RestoreReport> {
    return this.#change(async () => {
      const { drains, ...report } = await restoreSnapshot(snapshot, this.#snapshotScope);
      this.#drains.plan(drains);
      if (this.#isStarted) this.#goOnDraining();
      return report;
    });
  }

  /** Clock, randomness and log. @internal */
  get runtime(): Runtime {
    return this.#runtime;
  }

  /**
   * Adds a copy of a service under another name, with some options changed, and starts it if the balancer is
   * started. Everything else is copied: servers with their present weights and admin states, checks, limits.
   * Persistence is shared: a client that one of the two knows goes to the same server in the other. Servers
   * without a port follow the new service's. With another mode, options that only the original's mode has stay behind;
   * `findings` then says what else does not fit.
   *
   * @throws OptionsError with every problem of the copy, and what else is worth a word of it
   * @throws SluiceError `SLUICE_ERR_NOT_FOUND` for an unknown service, or as `start`; nothing was added then
   */
  duplicate(service: string, changes: Partial<ServiceConfig> & { readonly name: string }): Promise<void> {
    return this.#replace({}, () => {
      const original = findService(this.#services, service);
      this.#tables = new Map([...this.#tables, ...original.nameTables(this.#tables)]);
      return { services: [...this.#source.services, this.copyOf(service, changes)] };
    });
  }

  /** What `duplicate` would add. It shares the tables of its original all the same, though it does not say so. @internal */
  copyOf(service: string, changes: Partial<ServiceConfig>): PlainServiceConfig {
    return { ...findService(this.#services, service).toCopy(changes.mode), ...changes } as PlainServiceConfig;
  }

  /**
   * Adds a real server to one service, or to every one. Sessions go on, and it takes new clients once it is added.
   *
   * @throws OptionsError with every problem of the server; nothing was changed then
   * @throws SluiceError `SLUICE_ERR_NOT_FOUND` for an unknown service
   */
  addServer(order: ServerAddition): Promise<void> {
    return this.#replace({ by: order.by }, () => {
      if (order.service !== undefined) findService(this.#services, order.service);
      return { services: withServer(this.#source.services, order) };
    });
  }

  /** Removes a real server; its sessions go on. @throws as `drain` */
  removeServer(order: ServerSelection): Promise<void> {
    const selection = readSelection('removeServer', order);
    return this.#replace({ by: selection.by }, () => {
      findParts(this.#services, selection);
      return { services: withoutServer(this.#source.services, selection) };
    });
  }

  /**
   * What `apply` would do with another configuration. Changes nothing.
   *
   * @throws OptionsError with every problem
   */
  plan(config: BalancerConfig | PlainConfig): readonly ConfigChange[] {
    return plannedChanges(this.#asked, this.#services, readConfig(config, this.#sharing.followers));
  }

  /**
   * What runs otherwise than a configuration says, such as that of the file: orders that were not saved, and what was
   * changed on one side alone. Changes nothing.
   *
   * @throws OptionsError with every problem
   */
  differencesFrom(config: BalancerConfig | PlainConfig): readonly ConfigDifference[] {
    return presentDifferences(this.#asked, this.#services, readConfig(config, this.#sharing.followers));
  }

  /** Another one after each change of the configuration, and for other orders. @internal */
  get revision(): string {
    return `${this.#replacements} ${ordersInForce(this.#services)}`;
  }

  /**
   * Makes another configuration the present one. What did not change is not touched; where only servers
   * changed, they change while sessions go on. A service with other options is replaced without losing a client:
   * the new one takes the socket, and sessions of the old one have `graceMs`. Stick tables keep their entries where the
   * kind of their keys stays. Resolves when these have ended and every
   * new client is served by the change; a further change waits only for the new services to serve. The engine stays.
   *
   * @throws OptionsError with every problem; nothing was changed then
   * @throws SluiceError as `start`, where a new service cannot bind; the present ones serve as before then
   */
  apply(config: BalancerConfig | PlainConfig, options: ApplyOptions = {}): Promise<void> {
    return this.#replace(options, () => config);
  }

  async #replace({ onServing, ...options }: ApplyOptions, next: () => unknown): Promise<void> {
    const { retiring, ended } = await this.#change(async () => {
      const config = readConfig(next(), this.#sharing.followers);
      const persistences = this.#persistences();
      const maker: ServiceMaker = {
        build: (service, predecessor) => buildService(service, this.#buildContext, persistences, predecessor),
        keep: ({ listeners: [first] }) => persistences.keep(first.persistence),
        carryEntries: (which) => {
          const due = persistences.carryOvers.filter(({ isNew }) => isNew || which === 'all');
          return carryEntries(due, this.#runtime.clock);
        },
      };
      const present = {
        services: this.#services,
        retiring: [...this.#retiring],
        isStarted: this.#isStarted,
      };
      const applied = await applyConfig(present, config, maker, options);
      this.#services = applied.services;
      this.#replacements += 1;
      this.#tables = persistences.tables;
      for (const service of applied.retiring) this.#retiring.add(service);
      this.#findings.replace(config);
      return applied;
    });
    onServing?.();
    await ended.finally(() => {
      for (const service of retiring) this.#retiring.delete(service);
    });
  }

  /** The configuration without orders. */
  get #source(): PlainConfig {
    return { ...this.#asked, services: this.#services.map(({ source }) => source) };
  }

  get #snapshotScope(): SnapshotScope {
    const drainOf = (service: string, server: string): DrainOrder | undefined =>
      this.#drains.of(service, server);
    return { services: this.#services, tables: this.#tables, clock: this.#runtime.clock, drainOf };
  }

  #goOnDraining(): void {
    for (const order of this.#drains.takeDue(this.#services, this.#runtime.clock.wallMs())) {
      this.drain(order).catch((error: unknown) => {
        this.#runtime.log('error', `the drain of '${order.server}' does not go on: ${String(error)}`);
      });
    }
  }

  async #stopServices(options: StopOptions): Promise<void> {
    await Promise.all([...this.#services, ...this.#retiring].map((service) => service.stop(options)));
  }

  #change<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#changing.then(work);
    this.#changing = result.catch(() => undefined);
    return result;
  }

  #measure(): Metrics {
    for (const { listeners } of this.#services) for (const listener of listeners) listener.measureDurations();
    const isStarted = (): boolean => this.#isStarted;
    return new Metrics({ isStarted, overview: () => this.overview() });
  }

  get #buildContext(): BuildContext {
    return {
      engine: this.#engine,
      runtime: this.#runtime,
      facts: this.#facts,
      sharing: this.#sharing,
      measuresDurations: this.#metrics !== undefined,
    };
  }

  /** For the services of one configuration: they share tables with each other, and with those before. */
  #persistences(): PersistenceMaker {
    const isShared = this.#sharing.followers > 0;
    return new PersistenceMaker({ previous: this.#tables, seed: this.#tableSeed, isShared });
  }

  #setAdminState(order: ServerSelection, adminState: AdminState): void {
    const selection = readSelection(adminState, order);
    const { server, by } = selection;
    for (const { pool } of findParts(this.#services, selection)) pool.setAdminState(server, adminState, by);
  }
}
