import type { BoundPort, DatagramHandler, UdpBindOptions } from '../engine/engine.ts';
import type { Holder } from '../pool/entry-renewal.ts';
import type { FactEmitter } from '../facts/fact-emitter.ts';
import type { Server } from '../model/server.ts';
import { openContext } from './open-context.ts';
import type { PathContext } from '../path/path-context.ts';
import type { SessionOverview } from '../path/session-overview.ts';
import type { CloseReason, ServiceEvents } from '../facts/service-events.ts';
import type { TrafficCounters } from '../path/traffic-counters.ts';
import { modeOf } from '../config/modes.ts';
import type { DatagramPath } from '../path/data-path.ts';
import { leaseEngine, type EngineLease } from '../engine/engine-lease.ts';
import { LastReplies } from './last-replies.ts';
import { goneMeanwhile, type Run } from './run.ts';
import type { ResolvedListenerOptions } from '../config/resolved-options.ts';

/**
 * One run of a UDP forwarder, from bind to dispose. Owns the data path and its flows, and the bound port until it
 * closes that or hands it on.
 */
export class UdpRun implements Run {
  readonly #options: ResolvedListenerOptions;
  readonly #lease: EngineLease;
  readonly #lastReplies = new LastReplies();
  readonly context: PathContext;
  readonly #path: DatagramPath;
  /** The bound port, until it is closed or another run's. Flows of an earlier run still send their replies from it. */
  #port: BoundPort | undefined = undefined;
  /** The run whose port this one takes. */
  #predecessor: UdpRun | undefined = undefined;

  private constructor(
    options: ResolvedListenerOptions,
    lease: EngineLease,
    port: BoundPort,
    facts: FactEmitter<ServiceEvents>,
    counters: TrafficCounters,
  ) {
    this.#options = options;
    this.#lease = lease;
    this.context = openContext({
      options,
      bound: port,
      engine: lease.engine,
      quickAck: false,
      facts,
      counters,
      sessionEnded: () => undefined,
      abortServer: (server) => {
        this.#path.abort('server-down', server);
      },
    });
    const mode = modeOf(options.mode);
    if (mode.transport !== 'udp') throw new TypeError(`mode '${options.mode.name}' is not of UDP`);
    this.#path = mode.open(this.context, options.mode.options);
  }

  /**
   * @param predecessor whose port `takeOver` is to move here; without one, a port is bound
   * @param descriptor a bound socket to use where the listener runs in several threads; it stays its owner's
   * @throws SluiceError as `Engine.bindUdp`, or where the pool serves another; nothing is left open
   */
  static async open(
    options: ResolvedListenerOptions,
    facts: FactEmitter<ServiceEvents>,
    counters: TrafficCounters,
    predecessor?: UdpRun,
    descriptor?: number,
  ): Promise<UdpRun> {
    const lease = leaseEngine(options.engine, options.runtime);
    let bound: BoundPort | undefined = undefined;
    try {
      const inherited = predecessor === undefined ? undefined : predecessor.#port;
      const where = whereToBind(options, options.port, descriptor);
      const port = inherited ?? (await lease.engine.bindUdp(where, nobody));
      if (inherited === undefined) bound = port;
      const open = new UdpRun(options, lease, port, facts, counters);
      if (bound === undefined) open.#predecessor = predecessor;
      else open.#enter(bound);
      return open;
    } catch (error) {
      bound?.close();
      await lease.release();
      throw error;
    }
  }

  takeOver(): void {
    const predecessor = this.#predecessor;
    if (predecessor === undefined) return;
    this.#predecessor = undefined;
    const port = predecessor.#port;
    if (port === undefined) throw goneMeanwhile(this.context.service);
    predecessor.#port = undefined;
    this.#enter(port);
  }

  /** The port stays open while flows drain: replies leave from it. */
  async close(): Promise<void> {
    if (this.#port === undefined) return;
    await this.#path.drain();
    this.#leave();
  }

  /** Flows go with it: their replies would have no port to leave from. */
  unbind(): Promise<void> {
    this.#path.abort('stopped');
    this.#leave();
    return Promise.resolve();
  }

  async rebind(descriptor?: number): Promise<void> {
    const where = whereToBind(this.#options, this.context.port, descriptor);
    this.#enter(await this.context.engine.bindUdp(where, nobody));
  }

  /** @param isReplaced whether the next run has the port: replies leave from it, but nothing comes in */
  async drain(isReplaced: boolean): Promise<void> {
    if (!isReplaced) this.#lastReplies.end();
    else if (this.#path.size > 0) await this.#lastReplies.wait(this.context.runtime.clock);
    await this.#path.drain();
  }

  abort(reason: CloseReason, server?: Server): number {
    if (server === undefined) this.#lastReplies.end();
    return this.#path.abort(reason, server);
  }

  sessions(): Promise<readonly SessionOverview[]> {
    return Promise.resolve(this.#path.describeSessions());
  }

  updateCounters(): void {
    // Datagrams are counted as they pass.
  }

  holders(): Promise<readonly Holder[]> {
    return Promise.resolve(this.context.selector.holders());
  }

  async dispose(): Promise<void> {
    this.#leave();
    this.#options.pool.detach();
    await this.#lease.release();
  }

  #enter(port: BoundPort): void {
    this.#port = port;
    port.handler = this.#path;
  }

  #leave(): void {
    this.#port?.close();
    this.#port = undefined;
  }
}

/** Until a run is there, which is before the first datagram. */
const nobody: DatagramHandler = { onDatagram: () => undefined, onError: () => undefined };

function whereToBind(
  { host }: ResolvedListenerOptions,
  port: number,
  descriptor: number | undefined,
): UdpBindOptions {
  return { host, port, ...(descriptor === undefined ? {} : { descriptor }) };
}
