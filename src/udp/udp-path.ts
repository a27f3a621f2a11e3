import { DrainGate } from '../base/drain-gate.ts';
import type { UdpPort } from '../engine/engine.ts';
import type { ErrorCode, SluiceError } from '../base/errors.ts';
import type { IpAddress } from '../model/address.ts';
import { availability } from '../model/availability.ts';
import { AddressClient } from '../model/client.ts';
import type { Server } from '../model/server.ts';
import { Deadlines } from '../runtime/deadlines.ts';
import type { ReachContext } from '../reach/reach.ts';
import type { DatagramPath } from '../path/data-path.ts';
import type { PathContext } from '../path/path-context.ts';
import type { SessionOverview } from '../path/session-overview.ts';
import type { CloseReason } from '../facts/service-events.ts';
import { flowRoom, type FlowHolder } from './flow-room.ts';
import { FlowSweep } from './flow-sweep.ts';
import { FlowTable } from './flow-table.ts';
import { UdpFlow, type FlowHandler } from './udp-flow.ts';
import type { ResolvedUdpOptions } from './udp-options.ts';

/**
 * UDP with source NAT. The handler of the service's bound port:
 *
 * 1. A datagram finds its flow by the client's address and port, and the address of the service that it asked.
 * 2. A new flow gets a server at once and a port of its own.
 * 3. Replies of that server, and of nobody else, leave from where the client asked.
 * 4. A flow whose server refuses moves to the next one, where the client's next datagram goes. A flow gets a new
 *    server at the client's next datagram if its server was halted, removed or ejected, or went down, or if the
 *    server's host name has another address now.
 * 5. Flows end when they were silent for too long, or when a full table, or another service, needs their place.
 * 6. What comes from a UDP port of this process begins no flow: it would go round in circles.
 */
export class UdpPath implements DatagramPath, FlowHandler, FlowHolder {
  readonly #context: PathContext;
  readonly #reach: ReachContext;
  readonly #table: FlowTable<UdpFlow>;
  readonly #sweep: FlowSweep<UdpFlow>;
  #isDraining = false;
  readonly #drained = new DrainGate();

  constructor(context: PathContext, options: ResolvedUdpOptions) {
    const { clock, random } = context.runtime;
    this.#context = context;
    // Nobody waits: UDP clients send again.
    this.#reach = {
      context,
      deadlines: new Deadlines(clock),
      mayWait: false,
      maxConnectAttempts: Infinity,
      connectTimeoutMs: Infinity,
      fallbackServer: undefined,
      hasFallback: false,
    };
    this.#table = new FlowTable(options, Math.floor(random() * 2 ** 53));
    this.#sweep = new FlowSweep(this.#table, clock, (flow) => {
      this.#close(flow, 'idle');
    });
  }

  /** Flows now. */
  get size(): number {
    return this.#table.size;
  }

  get surplus(): number {
    return this.#table.surplus;
  }

  giveUpFlow(): boolean {
    const first = this.#table.firstToGo();
    if (first === undefined) return false;
    this.#close(first, 'evicted');
    return true;
  }

  /** A client sent something to the service. Hot path. */
  onDatagram(
    port: UdpPort,
    bytes: Buffer,
    start: number,
    end: number,
    source: IpAddress,
    sourcePort: number,
    local: IpAddress,
  ): void {
    const { counters, runtime } = this.#context;
    const flow = this.#flowOf(source, sourcePort, local, port);
    if (flow?.isOpen !== true) {
      counters.droppedTotal += 1;
      return;
    }
    this.#table.touch(flow, flow.isReplied, runtime.clock.nowMs());
    counters.bytesFromClients += end - start;
    flow.toServer(bytes, start, end);
  }

  /** A flow's server answered. Hot path. */
  onReply(flow: UdpFlow, bytes: Buffer, start: number, end: number): void {
    const { counters, runtime } = this.#context;
    const nowMs = runtime.clock.nowMs();
    if (!flow.isReplied) {
      flow.isReplied = true;
      flow.repliedMs = nowMs;
      flow.reach.answered();
    }
    this.#table.touch(flow, true, nowMs);
    counters.bytesFromServers += end - start;
    flow.toClient(bytes, start, end);
    if (this.#isDraining) this.#close(flow, 'finished');
  }

  /**
   * The server's port is closed (ICMP), its host cannot be reached, or the flow's own port could not be opened.
   * A server that cannot be reached counts as a failed connect, and the flow moves.
   */
  onFailure(flow: UdpFlow, error: SluiceError): void {
    if (error.code === 'SLUICE_ERR_LIMIT') {
      this.#context.counters.droppedTotal += 1;
    } else if (error.side === 'server') {
      this.#move(flow, error.code);
    } else {
      this.#close(flow, 'internal', error.code);
    }
  }

  /** A reply could not be sent: the client's loss, as UDP has it. */
  onError(): void {
    this.#context.counters.droppedTotal += 1;
  }

  /**
   * Takes no new flow, and ends each flow once its client's last datagram is answered: at once where it is. A client
   * without an answer, such as one that only sends, has its flow until that is silent for too long. Resolves once no
   * flow is left. Idempotent.
   */
  drain(): Promise<void> {
    this.#isDraining = true;
    for (const flow of this.#table.flows()) {
      if (!flow.isWaiting) this.#close(flow, 'finished');
    }
    return this.#table.size === 0 ? Promise.resolve() : this.#drained.wait();
  }

  describeSessions(): readonly SessionOverview[] {
    return this.#table
      .flows()
      .map(({ report, server, bytesFromClient, bytesFromServer }) =>
        report.describe(server, bytesFromClient, bytesFromServer),
      );
  }

  /** Ends flows at once, all or those of one server. @returns how many */
  abort(reason: CloseReason, server?: Server): number {
    const flows = this.#table.flows().filter((flow) => server === undefined || flow.server === server);
    for (const flow of flows) this.#close(flow, reason);
    return flows.length;
  }

  /** The client's flow, a new one where it has none or its server may not be used any more. Hot path. */
  #flowOf(source: IpAddress, sourcePort: number, local: IpAddress, port: UdpPort): UdpFlow | undefined {
    const flow = this.#table.find(source, sourcePort, local);
    if (flow !== undefined) {
      const { server } = flow;
      if (server !== undefined && availability(server) !== 'unavailable' && !flow.isOutdated) return flow;
      this.#close(flow, 'server-down');
    } else if (this.#context.engine.isOwnUdp?.(source, sourcePort) === true) {
      return undefined;
    }
    if (this.#isDraining) return undefined;
    const client = new AddressClient(source.copy(), sourcePort, local.copy(), this.#context.port);
    const opening = new UdpFlow(this.#reach, client, port, this);
    opening.reach.start();
    return opening;
  }

  onOpened(flow: UdpFlow): void {
    const { counters, engine, runtime } = this.#context;
    const { client, server, report } = flow;
    this.#table.insert(client.address, client.port, client.localAddress, flow, runtime.clock.nowMs());
    this.#sweep.arm();
    flowRoom.join(this, engine);
    counters.sessions += 1;
    counters.sessionsTotal += 1;
    report.began('udp');
    report.opened('flowOpened', server);
  }

  onUnserved(flow: UdpFlow): void {
    flow.report.refused('no-server');
    flow.reach.release();
  }

  /** @returns false where no descriptor can be had for a flow */
  makeRoom(): boolean {
    if (this.#table.isFull) this.giveUpFlow();
    return flowRoom.makeRoom(this.#context.engine);
  }

  #move(flow: UdpFlow, error: ErrorCode): void {
    if (!this.#detach(flow)) return;
    const mayGoOn = flow.reach.failed(error, 'server');
    this.#reportClosed(flow, 'connect-failed', error);
    if (mayGoOn && !this.#isDraining) {
      flow.startAnew();
      flow.reach.next();
    }
    this.#settle();
  }

  #close(flow: UdpFlow, reason: CloseReason, error?: ErrorCode): void {
    if (!this.#detach(flow)) return;
    flow.reach.release();
    this.#reportClosed(flow, reason, error);
    this.#settle();
  }

  /** @returns false for a flow that is over, as one that a handler of an event ended meanwhile */
  #detach(flow: UdpFlow): boolean {
    if (!flow.isOpen) return false;
    this.#table.remove(flow);
    flow.closePort();
    this.#context.counters.sessions -= 1;
    return true;
  }

  #reportClosed(flow: UdpFlow, reason: CloseReason, error: ErrorCode | undefined): void {
    const { server, bytesFromClient, bytesFromServer, report, reach, repliedMs } = flow;
    const end = { server, reason, error, bytesFromClient, bytesFromServer };
    report.closed('flowClosed', end);
    // Silence is how a flow ends, unless the client waits for an answer.
    const idle = flow.isWaiting ? 'serverTimeout' : 'none';
    report.ended(end, { protocol: 'udp', course: reach, phase: reach.stage, idle, firstByteMs: repliedMs });
  }

  /** Tells those who wait for the last flow. */
  #settle(): void {
    if (this.#table.size > 0) return;
    this.#sweep.disarm();
    flowRoom.leave(this);
    this.#drained.open();
  }
}
