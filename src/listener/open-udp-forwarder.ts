import type { DatagramHandler, UdpPort } from '../engine/engine.ts';
import type { FactEmitter } from '../fact-emitter.ts';
import type { Server } from '../model/server.ts';
import { openContext } from '../service/open-context.ts';
import type { ServiceContext } from '../service/service-context.ts';
import type { CloseReason, ServiceEvents } from '../service/service-events.ts';
import type { ServiceStats } from '../service/service-stats.ts';
import { UdpPath } from '../udp/udp-path.ts';
import { leaseEngine, type EngineLease } from './engine-lease.ts';
import type { OpenService } from './service.ts';
import type { ResolvedSnatUdpForwarderOptions } from './udp-forwarder-options.ts';

/** One run of a UDP forwarder, from bind to dispose. Owns the bound port, the data path and its flows. */
export class OpenUdpForwarder implements OpenService {
  readonly #options: ResolvedSnatUdpForwarderOptions;
  readonly #lease: EngineLease;
  readonly #bound: UdpPort;
  readonly context: ServiceContext;
  readonly path: UdpPath;

  private constructor(
    options: ResolvedSnatUdpForwarderOptions,
    lease: EngineLease,
    bound: UdpPort,
    facts: FactEmitter<ServiceEvents>,
    stats: ServiceStats,
  ) {
    this.#options = options;
    this.#lease = lease;
    this.#bound = bound;
    this.context = openContext({
      options,
      bound,
      engine: lease.engine,
      quickAck: false,
      facts,
      stats,
      sessionEnded: () => undefined,
      abortServer: (server) => {
        this.path.abort('server-down', server);
      },
    });
    this.path = new UdpPath(this.context, options.udp);
  }

  /**
   * @param descriptor a bound socket to use where the service runs in several threads; it stays its owner's
   * @throws SluiceError as `Engine.bindUdp`, or where the pool serves another; nothing is left open
   */
  static async open(
    options: ResolvedSnatUdpForwarderOptions,
    facts: FactEmitter<ServiceEvents>,
    stats: ServiceStats,
    descriptor?: number,
  ): Promise<OpenUdpForwarder> {
    const lease = leaseEngine(options.engine, options.runtime);
    // Datagrams come only after this function has gone on, so `open` is set by then.
    let open: OpenUdpForwarder | undefined = undefined;
    const handler: DatagramHandler = {
      // Each by name: a rest parameter would make an array of every datagram.
      onDatagram: (port, bytes, start, end, source, sourcePort, local) =>
        open?.path.onDatagram(port, bytes, start, end, source, sourcePort, local),
      onError: () => open?.path.onError(),
    };
    let bound: UdpPort | undefined = undefined;
    try {
      const { host, port } = options;
      bound = await lease.engine.bindUdp(
        { host, port, ...(descriptor === undefined ? {} : { descriptor }) },
        handler,
      );
      open = new OpenUdpForwarder(options, lease, bound, facts, stats);
      return open;
    } catch (error) {
      bound?.close();
      await lease.release();
      throw error;
    }
  }

  /** The port stays open while flows drain: replies leave from it. */
  async close(): Promise<void> {
    await this.path.drain();
    this.#bound.close();
  }

  drain(): Promise<void> {
    return this.path.drain();
  }

  abort(reason: CloseReason, server?: Server): number {
    return this.path.abort(reason, server);
  }

  updateCounters(): void {
    // Datagrams are counted as they pass.
  }

  async dispose(): Promise<void> {
    this.#bound.close();
    this.#options.pool.detach();
    await this.#lease.release();
  }
}
