import type { DatagramHandler, UdpPort } from '../engine/engine.ts';
import type { SluiceError } from '../base/errors.ts';
import type { IpAddress } from '../model/address.ts';
import type { AddressClient } from '../model/client.ts';
import type { Server } from '../model/server.ts';
import type { Lease } from '../pool/lease.ts';
import type { PathContext } from '../path/path-context.ts';
import { SessionReport } from '../path/session-report.ts';
import type { Tabled } from './flow-table.ts';

/** What happens to a flow on its server's side. */
export interface FlowHandler {
  /** The server sent the client a datagram. The bytes are valid only during the call. */
  onReply(flow: UdpFlow, bytes: Buffer, start: number, end: number): void;
  /** The server cannot be reached, or this flow's port cannot be used. */
  onFailure(flow: UdpFlow, error: SluiceError): void;
}

/** Whose flow it is, and by which ways. */
export interface FlowEnds {
  readonly client: AddressClient;
  /** Holds `server`. */
  readonly lease: Lease;
  readonly server: Server;
  /** Where the client's datagrams arrive, and replies leave. */
  readonly servicePort: UdpPort;
  /** The address of this machine that the client asked, and gets its answers from. */
  readonly local: IpAddress;
}

/**
 * One client's flow: datagrams between one client address and port, at one address of the service, and one server.
 *
 * Owns a connected port of its own. Its number is what the server sees as the source (that is the SNAT), and
 * the kernel drops what anybody but the server sends to it.
 */
export class UdpFlow implements DatagramHandler, Tabled {
  slot = -1;
  /** The server has answered at least once. */
  isReplied = false;
  /** The last datagram was the client's. */
  isWaiting = false;
  bytesFromClient = 0;
  bytesFromServer = 0;
  readonly client: AddressClient;
  readonly lease: Lease;
  readonly server: Server;
  readonly servicePort: UdpPort;
  readonly local: IpAddress;
  readonly report: SessionReport;
  readonly #handler: FlowHandler;
  readonly #port: UdpPort;

  constructor(context: PathContext, ends: FlowEnds, handler: FlowHandler) {
    const { engine, pool } = context;
    this.client = ends.client;
    this.lease = ends.lease;
    this.server = ends.server;
    this.servicePort = ends.servicePort;
    this.local = ends.local;
    this.report = new SessionReport(context, ends.client);
    this.#handler = handler;
    this.#port = engine.connectUdp({ host: this.server.host, port: pool.portOf(this.server) }, this);
  }

  get isOpen(): boolean {
    return this.slot >= 0;
  }

  /** The server may not be where this flow goes any more. Hot path. */
  get isOutdated(): boolean {
    return this.#port.isOutdated;
  }

  /** Sends a datagram to the server. Hot path. */
  toServer(bytes: Buffer, start: number, end: number): void {
    this.isWaiting = true;
    this.bytesFromClient += end - start;
    this.server.bytesFromClients += end - start;
    this.#port.sendConnected(bytes, start, end);
  }

  /** Sends a datagram to the client, from the address and port of the service that it asked. Hot path. */
  toClient(bytes: Buffer, start: number, end: number): void {
    this.isWaiting = false;
    this.bytesFromServer += end - start;
    this.server.bytesFromServer += end - start;
    this.servicePort.send(bytes, start, end, this.client.address, this.client.port, this.local);
  }

  onDatagram(_port: UdpPort, bytes: Buffer, start: number, end: number): void {
    this.#handler.onReply(this, bytes, start, end);
  }

  onError(_port: UdpPort, error: SluiceError): void {
    this.#handler.onFailure(this, error);
  }

  closePort(): void {
    this.#port.close();
  }
}
