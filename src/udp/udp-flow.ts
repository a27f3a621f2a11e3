import type { DatagramHandler, UdpPort } from '../engine/engine.ts';
import type { SluiceError } from '../base/errors.ts';
import type { AddressClient } from '../model/client.ts';
import type { Server } from '../model/server.ts';
import { SessionReport } from '../path/session-report.ts';
import { Reach, type ConnectOutcome, type ReachContext, type ReachUser } from '../reach/reach.ts';
import type { Tabled } from './flow-table.ts';

/** What happens to a flow. */
export interface FlowHandler {
  /** @returns false where there is no room for another flow */
  makeRoom(): boolean;
  /** The flow has a server and a port. */
  onOpened(flow: UdpFlow): void;
  /** No server is available, or all were tried in vain. */
  onUnserved(flow: UdpFlow): void;
  /** The server sent the client a datagram. The bytes are valid only during the call. */
  onReply(flow: UdpFlow, bytes: Buffer, start: number, end: number): void;
  /** The server cannot be reached, or this flow's port cannot be used. */
  onFailure(flow: UdpFlow, error: SluiceError): void;
}

/**
 * One client's flow: datagrams between one client address and port, at one address of the service, and one server, or
 * the next one where that fails.
 *
 * Owns a connected port of its own for each server. Its number is what the server sees as the source (that is the
 * SNAT), and the kernel drops what anybody but the server sends to it.
 */
export class UdpFlow implements DatagramHandler, Tabled, ReachUser {
  slot = -1;
  /** The server has answered at least once. */
  isReplied = false;
  /** When it first did: `Clock.nowMs` time. */
  repliedMs = -1;
  /** The last datagram was the client's. */
  isWaiting = false;
  bytesFromClient = 0;
  bytesFromServer = 0;
  readonly ownServer = undefined;
  readonly client: AddressClient;
  readonly reach: Reach;
  /** Undefined until it is opened. */
  server: Server | undefined = undefined;
  report: SessionReport;
  readonly #path: ReachContext;
  /** Where the client's datagrams arrive, and replies leave. */
  readonly #servicePort: UdpPort;
  readonly #handler: FlowHandler;
  #port: UdpPort | undefined = undefined;

  constructor(path: ReachContext, client: AddressClient, servicePort: UdpPort, handler: FlowHandler) {
    this.client = client;
    this.reach = new Reach(path, client, this);
    this.report = new SessionReport(path.context, client);
    this.#path = path;
    this.#servicePort = servicePort;
    this.#handler = handler;
  }

  get isOpen(): boolean {
    return this.slot >= 0;
  }

  /** The server may have moved from where this flow goes. Hot path. */
  get isOutdated(): boolean {
    return this.#port?.isOutdated === true;
  }

  /** UDP has no connect: whether somebody is there shows in answers, and in refusals. */
  connectTo(server: Server): ConnectOutcome {
    if (!this.#handler.makeRoom()) return 'impossible';
    const { engine, pool } = this.#path.context;
    this.server = server;
    this.#port = engine.connectUdp({ host: server.host, port: pool.portOf(server) }, this);
    return 'ready';
  }

  /** Before it seeks another server: each server of a client counts as a flow of its own. */
  startAnew(): void {
    this.isReplied = this.isWaiting = false;
    this.repliedMs = -1;
    this.bytesFromClient = this.bytesFromServer = 0;
    this.reach.forget();
    this.report = new SessionReport(this.#path.context, this.client);
  }

  onReached(): void {
    this.#handler.onOpened(this);
  }

  onUnreachable(): void {
    this.#handler.onUnserved(this);
  }

  onConnectTimeout(): void {
    // There is no connect.
  }

  /** Sends a datagram to the server. Hot path. */
  toServer(bytes: Buffer, start: number, end: number): void {
    this.isWaiting = true;
    this.bytesFromClient += end - start;
    if (this.server !== undefined) this.server.bytesFromClients += end - start;
    this.#port?.sendConnected(bytes, start, end);
  }

  /** Sends a datagram to the client, from the address and port of the service that it asked. Hot path. */
  toClient(bytes: Buffer, start: number, end: number): void {
    this.isWaiting = false;
    this.bytesFromServer += end - start;
    if (this.server !== undefined) this.server.bytesFromServer += end - start;
    const { address, port, localAddress } = this.client;
    this.#servicePort.send(bytes, start, end, address, port, localAddress);
  }

  onDatagram(_port: UdpPort, bytes: Buffer, start: number, end: number): void {
    this.#handler.onReply(this, bytes, start, end);
  }

  onError(_port: UdpPort, error: SluiceError): void {
    this.#handler.onFailure(this, error);
  }

  closePort(): void {
    this.#port?.close();
  }
}
