import type { DatagramHandler, UdpPort } from '../engine/engine.ts';
import type { ErrorCode, SluiceError } from '../errors.ts';
import { IpAddress } from '../model/address.ts';
import { availability } from '../model/availability.ts';
import { AddressClient } from '../model/client.ts';
import type { Server } from '../model/server.ts';
import { Lease } from '../pool/lease.ts';
import type { ServiceContext } from '../service/service-context.ts';
import type { CloseReason } from '../service/service-events.ts';
import { SessionReport } from '../service/session-report.ts';
import { FlowSweep } from './flow-sweep.ts';
import { FlowTable } from './flow-table.ts';
import { UdpFlow, type FlowHandler } from './udp-flow.ts';
import type { ResolvedUdpOptions } from './udp-options.ts';

/**
 * UDP with source NAT. The handler of the service's bound port:
 *
 * 1. A datagram finds its flow by the client's address and port.
 * 2. A new flow gets a server at once (nobody waits: UDP clients send again) and a port of its own.
 * 3. Replies of that server, and of nobody else, leave from the service's address and port.
 * 4. A flow whose server refuses moves to the next one, where the client's next datagram goes. A flow whose
 *    server was halted, removed or ejected, or went down, or whose server's host name has another address now, is
 *    picked anew at the client's next datagram.
 * 5. Flows end when they were silent for too long, or when a full table needs their place.
 */
export class UdpPath implements DatagramHandler, FlowHandler {
  readonly #context: ServiceContext;
  readonly #ownAddress: IpAddress | undefined;
  readonly #table: FlowTable<UdpFlow>;
  readonly #sweep: FlowSweep<UdpFlow>;
  #isDraining = false;
  readonly #onEmpty: (() => void)[] = [];

  constructor(context: ServiceContext, options: ResolvedUdpOptions) {
    const { clock, random } = context.runtime;
    this.#context = context;
    this.#ownAddress = IpAddress.parse(context.host);
    this.#table = new FlowTable(options, Math.floor(random() * 2 ** 53));
    this.#sweep = new FlowSweep(this.#table, clock, (flow) => {
      this.#close(flow, 'idle');
    });
  }

  /** Flows now. */
  get size(): number {
    return this.#table.size;
  }

  /** A client sent something to the service. Hot path. */
  onDatagram(
    port: UdpPort,
    bytes: Buffer,
    start: number,
    end: number,
    source: IpAddress,
    sourcePort: number,
  ): void {
    const { stats, runtime } = this.#context;
    const flow = this.#isOwn(source, sourcePort) ? undefined : this.#flowOf(source, sourcePort, port);
    if (flow?.isOpen !== true) {
      stats.droppedTotal += 1;
      return;
    }
    this.#table.touch(flow, flow.isReplied, runtime.clock.nowMs());
    stats.bytesFromClients += end - start;
    flow.toServer(bytes, start, end);
  }

  /** A flow's server answered. Hot path. */
  onReply(flow: UdpFlow, bytes: Buffer, start: number, end: number): void {
    const { stats, runtime, selector } = this.#context;
    if (!flow.isReplied) {
      flow.isReplied = true;
      selector.connected(flow.lease);
    }
    this.#table.touch(flow, true, runtime.clock.nowMs());
    stats.bytesFromServers += end - start;
    flow.toClient(bytes, start, end);
    if (this.#isDraining) this.#close(flow, 'finished');
  }

  /**
   * The server's port is closed (ICMP), its host cannot be reached, or the flow's own port could not be opened.
   * A server that cannot be reached counts as a failed connect, and the flow moves.
   */
  onFailure(flow: UdpFlow, error: SluiceError): void {
    if (error.code === 'SLUICE_ERR_LIMIT') {
      this.#context.stats.droppedTotal += 1;
    } else if (error.side === 'server') {
      this.#move(flow, error.code);
    } else {
      this.#close(flow, 'internal', error.code);
    }
  }

  /** A reply could not be sent: the client's loss, as UDP has it. */
  onError(): void {
    this.#context.stats.droppedTotal += 1;
  }

  /**
   * Takes no new flow, and ends each flow once its client's last datagram is answered: at once where it is. A
   * client that gets no answer, as one that only ever sends, has its flow until that is silent for too long.
   * Resolves once no flow is left. Idempotent.
   */
  drain(): Promise<void> {
    this.#isDraining = true;
    for (const flow of this.#table.flows()) {
      if (!flow.isWaiting) this.#close(flow, 'finished');
    }
    if (this.#table.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onEmpty.push(resolve));
  }

  /** Ends flows at once, all or those of one server. @returns how many */
  abort(reason: CloseReason, server?: Server): number {
    const flows = this.#table.flows().filter((flow) => server === undefined || flow.server === server);
    for (const flow of flows) this.#close(flow, reason);
    return flows.length;
  }

  /** Would answering it start a loop? Only the service's own port sends from there. */
  #isOwn(source: IpAddress, sourcePort: number): boolean {
    return sourcePort === this.#context.port && this.#ownAddress?.equals(source) === true;
  }

  /** The client's flow, a new one where it has none or its server may not be used any more. Hot path. */
  #flowOf(source: IpAddress, sourcePort: number, port: UdpPort): UdpFlow | undefined {
    const flow = this.#table.find(source, sourcePort);
    if (flow !== undefined) {
      if (availability(flow.server) !== 'unavailable' && !flow.isOutdated) return flow;
      this.#close(flow, 'server-down');
    }
    return this.#open(new AddressClient(source.copy(), sourcePort), new Lease(), port);
  }

  /** @returns undefined where no server is available, or none that was not tried in vain */
  #open(client: AddressClient, lease: Lease, servicePort: UdpPort): UdpFlow | undefined {
    const { selector, stats, runtime } = this.#context;
    if (this.#isDraining) return undefined;
    selector.select(client, lease, false);
    const { server } = lease;
    if (server === undefined) {
      this.#refuse(client, lease);
      return undefined;
    }
    this.#makeRoom();
    const flow = new UdpFlow(this.#context, { client, lease, server, servicePort }, this);
    this.#table.insert(client.address, client.port, flow, runtime.clock.nowMs());
    this.#sweep.arm();
    stats.sessions += 1;
    stats.sessionsTotal += 1;
    flow.report.opened('flowOpened', server);
    return flow;
  }

  #refuse(client: AddressClient, lease: Lease): void {
    this.#context.selector.report(client, lease, 'none');
    new SessionReport(this.#context, client).refused('no-server');
  }

  #makeRoom(): void {
    const first = this.#table.isFull ? this.#table.firstToGo() : undefined;
    if (first !== undefined) this.#close(first, 'evicted');
  }

  #move(flow: UdpFlow, error: ErrorCode): void {
    if (!this.#detach(flow)) return;
    this.#context.selector.connectFailed(flow.client, flow.lease);
    flow.report.connectFailed(flow.server, error);
    this.#reportClosed(flow, 'connect-failed', error);
    this.#open(flow.client, flow.lease, flow.servicePort);
    this.#settle();
  }

  #close(flow: UdpFlow, reason: CloseReason, error?: ErrorCode): void {
    if (!this.#detach(flow)) return;
    this.#context.selector.release(flow.lease);
    this.#reportClosed(flow, reason, error);
    this.#settle();
  }

  /** @returns false for a flow that is over, as one that a handler of an event ended meanwhile */
  #detach(flow: UdpFlow): boolean {
    if (!flow.isOpen) return false;
    this.#table.remove(flow);
    flow.closePort();
    this.#context.stats.sessions -= 1;
    return true;
  }

  #reportClosed(flow: UdpFlow, reason: CloseReason, error: ErrorCode | undefined): void {
    const { server, bytesFromClient, bytesFromServer } = flow;
    flow.report.closed('flowClosed', { server, reason, error, bytesFromClient, bytesFromServer });
  }

  /** Tells those who wait for the last flow. */
  #settle(): void {
    if (this.#table.size > 0) return;
    this.#sweep.disarm();
    for (const resolve of this.#onEmpty.splice(0)) resolve();
  }
}
