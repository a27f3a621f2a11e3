// Over 250 lines because it is what users call, and much of it is documentation.
import { FactEmitter } from '../facts/fact-emitter.ts';
import type { Server } from '../model/server.ts';
import type { Persistence } from '../persistence/persistence.ts';
import { tablesOf } from '../persistence/source-ip.ts';
import type { Holder } from '../pool/entry-renewal.ts';
import { Pool } from '../pool/pool.ts';
import type { Explanation } from '../pool/selector.ts';
import type { CloseReason, ListenerStartedEvent, Protocol, ServiceEvents } from '../facts/service-events.ts';
import { requireEvent } from '../facts/required-event.ts';
import { AccessLog } from '../records/access-log.ts';
import type { AccessLogOptions } from '../records/access-log-options.ts';
import type { PathContext } from '../path/path-context.ts';
import type { SessionOverview } from '../path/session-overview.ts';
import { Durations } from '../path/durations.ts';
import { TrafficCounters } from '../path/traffic-counters.ts';
import { drainServer, type DrainOptions, type DrainOutcome } from './drain.ts';
import { explainChoice } from './explain-choice.ts';
import { Lifecycle, type LifecycleState, type StopOptions } from './lifecycle.ts';
import type { BaseListenerOptions } from '../config/listener-options.ts';
import type { OpenRun, Run } from '../run/run.ts';
import { describeListener, describeTable, type ListenerOverview } from './overview.ts';
import { modeOf } from '../config/modes.ts';
import type { ResolvedListenerOptions } from '../config/resolved-options.ts';
import type { Mode, Transport } from '../path/mode.ts';
import { openRun } from '../run/open-run.ts';

/**
 * What a {@link Listener} and a {@link SnatUdpForwarder} have in common: life cycle, events, overview, drain.
 * Events are published after the state has changed; handlers may call any method.
 */
export class BaseListener {
  readonly options: ResolvedListenerOptions;
  /** Where this listener's facts are published; shared by all listeners of a balancer. */
  readonly facts: FactEmitter<ServiceEvents>;
  readonly #mode: Mode<unknown>;
  readonly #open: OpenRun;
  readonly #counters = new TrafficCounters();
  readonly #lifecycle: Lifecycle<Run>;
  #hasSuccessor = false;

  /**
   * @internal
   * @param open what a start does. @default a run in this thread
   */
  constructor(
    options: ResolvedListenerOptions,
    facts = new FactEmitter<ServiceEvents>(),
    open: OpenRun = openRun,
  ) {
    this.options = options;
    this.facts = facts;
    this.#mode = modeOf(options.mode);
    this.#open = open;
    this.#lifecycle = new Lifecycle(options.name, options.runtime.clock, {
      onStarted: ({ context }) => {
        this.facts.publish('listenerStarted', this.#listenerFact(context));
      },
      onStopped: ({ context }, aborted) => {
        this.facts.publish('listenerStopped', { ...this.#listenerFact(context), aborted });
      },
    });
  }

  get name(): string {
    return this.options.name;
  }

  get protocol(): Protocol {
    return this.options.mode.name;
  }

  /** The port's transport; each may have a port of the same number. */
  get transport(): Transport {
    return this.#mode.transport;
  }

  get host(): string {
    return this.options.host;
  }

  /** The port really bound while started, else the configured one. */
  get port(): number {
    return this.#lifecycle.running?.context.port ?? this.options.port;
  }

  /** The port that was asked for; 0 for any free one. @internal */
  get configuredPort(): number {
    return this.options.port;
  }

  get pool(): Pool {
    return this.options.pool;
  }

  get persistence(): Persistence {
    return this.options.persistence;
  }

  get state(): LifecycleState {
    return this.#lifecycle.state;
  }

  on<Name extends keyof ServiceEvents>(name: Name, handler: (fact: ServiceEvents[Name]) => void): this {
    requireEvent('on', name, handler);
    this.facts.on(name, handler);
    return this;
  }

  once<Name extends keyof ServiceEvents>(name: Name, handler: (fact: ServiceEvents[Name]) => void): this {
    requireEvent('once', name, handler);
    this.facts.once(name, handler);
    return this;
  }

  off<Name extends keyof ServiceEvents>(name: Name, handler: (fact: ServiceEvents[Name]) => void): this {
    requireEvent('off', name, handler);
    this.facts.off(name, handler);
    return this;
  }

  /**
   * Tells of each session, exchange or flow that ends from now on: `docs/access-log.md`. It outlives a stop, until
   * its maker closes it.
   *
   * @throws OptionsError with every problem of the options
   */
  accessLog(options: AccessLogOptions): AccessLog {
    return new AccessLog(this.facts, this.options.runtime, options);
  }

  /**
   * Binds the port and starts the checks.
   *
   * @throws SluiceError `SLUICE_ERR_ADDRESS_IN_USE`, `SLUICE_ERR_ADDRESS_NOT_AVAILABLE`,
   * `SLUICE_ERR_PERMISSION` or `SLUICE_ERR_LISTEN` where the system refuses; `SLUICE_ERR_STATE` where it is
   * not stopped, or its pool serves another listener
   */
  start(): Promise<void> {
    return this.#lifecycle.start(() => this.#openRun(undefined));
  }

  /**
   * Takes nothing new, waits for what is under way, cuts what is left after the grace time. Idempotent; a
   * second call with a shorter grace time makes the first one shorter.
   *
   * @throws OptionsError for a grace time out of range
   */
  stop(options: StopOptions = {}): Promise<void> {
    return this.#lifecycle.stop(options);
  }

  /**
   * Starts on the socket of another listener, which is retired then: clients notice nothing, not even in the backlog.
   *
   * @param allReady resolves once all that are to start together can; until then the other one serves
   * @throws SluiceError as `start`, and whatever `allReady` is rejected with; the other one serves on then
   * @internal
   */
  succeed(other: BaseListener, allReady: () => Promise<void>): Promise<void> {
    return this.#lifecycle.start(async () => {
      const open = await this.#openRun(other.#lifecycle.running);
      try {
        await allReady();
        await open.takeOver();
      } catch (error) {
        await open.close();
        await open.dispose();
        throw error;
      }
      other.#hasSuccessor = true;
      return open;
    });
  }

  /**
   * As `stop`, for good. Where another listener has its socket, its clients are not turned away: they are served
   * until they are idle, and HTTP connections once more.
   *
   * @internal
   */
  retire(options: StopOptions): Promise<void> {
    return this.#lifecycle.stop(options, this.#hasSuccessor);
  }

  /** Whether another listener has its socket. @internal */
  get hasSuccessor(): boolean {
    return this.#hasSuccessor;
  }

  /** Gives up the port while sessions go on. @internal */
  async unbind(): Promise<void> {
    await this.#lifecycle.running?.unbind();
  }

  /** Takes the port again. @throws SluiceError as `start` @internal */
  async rebind(): Promise<void> {
    await this.#lifecycle.running?.rebind();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop({ graceMs: 0 });
  }

  /** The state of the listener and its servers, as plain data that does not change afterwards. */
  overview(): ListenerOverview {
    const running = this.#lifecycle.running;
    running?.updateCounters();
    const { protocol, host, port, state, persistence } = this;
    const maxSessions = maxSessionsOf(this.options);
    const tables = tablesOf(persistence).map(describeTable);
    const facts = { protocol, host, port, state, maxSessions, tables };
    return describeListener(facts, this.pool, this.#counters);
  }

  /** Measures durations from now on, for good. Idempotent. @internal */
  measureDurations(): void {
    this.#counters.durations ??= new Durations();
  }

  /** Sessions, HTTP client connections or flows under way, those of a run that was replaced not included. */
  async sessions(): Promise<readonly SessionOverview[]> {
    return (await this.#lifecycle.running?.sessions()) ?? [];
  }

  /**
   * Where the next new session of a client of this address would go now, and why, as far as its address alone
   * decides. Changes nothing: neither what is remembered nor whose turn it is.
   *
   * @param client an IP address
   * @throws OptionsError where it is none
   */
  explain(client: string): Explanation {
    return explainChoice(client, this, this.#lifecycle.running?.context.selector);
  }

  /** Whose sessions hold entries of a stick table now; workers are asked. @internal */
  async holders(): Promise<readonly Holder[]> {
    return (await this.#lifecycle.running?.holders()) ?? [];
  }

  /**
   * Takes no new clients to a server, and resolves when its sessions are over, or were cut at the deadline. See
   * {@link DrainOptions} for how long it waits, and for what becomes of the server.
   *
   * @throws SluiceError `SLUICE_ERR_NOT_FOUND` for an unknown server
   */
  drain(options: DrainOptions): Promise<DrainOutcome> {
    const running = this.#lifecycle.running;
    const abort = (reason: CloseReason, server: Server): number => running?.abort(reason, server) ?? 0;
    return drainServer({ pool: this.pool, context: running?.context, abort }, options);
  }

  /**
   * What a duplicate takes from this listener by default: a pool of its own with the same servers, and the same
   * persistence and events.
   *
   * @internal
   */
  protected inheritance(changes: {
    readonly pool?: BaseListenerOptions['pool'];
  }): Pick<BaseListenerOptions, 'pool' | 'persistence' | 'facts'> {
    const { pool, persistence, facts } = this;
    return { pool: changes.pool ?? new Pool(pool.toOptions()), persistence, facts };
  }

  #openRun(predecessor: Run | undefined): Promise<Run> {
    return this.#open(this.options, this.facts, this.#counters, predecessor);
  }

  #listenerFact({ service, host, port, runtime }: PathContext): ListenerStartedEvent {
    return { service, protocol: this.protocol, host, port, atMs: runtime.clock.wallMs() };
  }
}

/** Most client connections, or flows, at once. */
function maxSessionsOf({ mode, arrival }: ResolvedListenerOptions): number {
  return mode.name === 'udp' ? mode.options.maxFlows : (arrival?.maxSessions ?? Infinity);
}
