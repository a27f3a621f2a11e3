import { lookup } from 'node:dns';
import { SluiceError } from '../../errors.ts';
import { IpAddress, isIpAddress } from '../../model/address.ts';
import { DatagramDelivery } from '../datagram-delivery.ts';
import type { DatagramHandler, UdpConnectOptions, UdpPort } from '../engine.ts';
import type { Tracked } from '../engine-context.ts';
import { FlowPlace } from '../flow-place.ts';
import { datagramError } from '../system-errors.ts';
import type { LinuxContext } from './linux-context.ts';
import { bindSocket, connectSocket, openSocket } from './open-socket.ts';
import type { Task } from './reactor.ts';
import { socketAddressOf } from './socket-address.ts';
import type { Sender } from './call-batch.ts';
import { EAGAIN, ECONNREFUSED, SOCK_DGRAM } from './system-constants.ts';
import { systemError } from './system-error.ts';
import { UdpSocket, type UdpSocketOwner } from './udp-socket.ts';

/** Datagrams that wait for a connected port to be ready. */
const maxEarlyDatagrams = 16;

/** A UDP port that talks with one address. It is opened, and its errors are told, in turns of the reactor. */
export class ConnectedUdpPort implements UdpPort, Tracked, Task, UdpSocketOwner, Sender {
  rosterSlot = -1;
  host: string;
  port = 0;
  readonly #context: LinuxContext;
  readonly #options: UdpConnectOptions;
  readonly #delivery: DatagramDelivery;
  readonly #remote = new IpAddress();
  /** Taken by whoever may not use the reserve. */
  readonly #place: FlowPlace | undefined;
  #socket: UdpSocket | undefined = undefined;
  #remoteHost: string;
  #early: Buffer[] = [];
  /** Errors to be told on the next turn. */
  readonly #errors: unknown[] = [];

  constructor(context: LinuxContext, options: UdpConnectOptions, handler: DatagramHandler) {
    this.host = options.localAddress ?? '';
    this.#context = context;
    this.#options = options;
    this.#remoteHost = options.host;
    this.#delivery = new DatagramDelivery(context, this, handler);
    this.#place = options.usesReserve === true ? undefined : new FlowPlace(context.budget.flows);
    context.track(this);
    if (isIpAddress(options.host)) context.reactor.defer(this);
    else this.#resolve();
  }

  send(): void {
    throw new SluiceError(
      'SLUICE_ERR_STATE',
      'a connected UDP port sends to one address only; use sendConnected()',
    );
  }

  get descriptor(): number {
    return this.#socket?.descriptor ?? -1;
  }

  /** Hot path. */
  sendConnected(bytes: Buffer, start: number, end: number): void {
    if (this.#delivery.isStopped) return;
    if (this.#socket !== undefined) {
      this.#sendOn(this.#socket, bytes, start, end);
    } else if (this.#early.length < maxEarlyDatagrams) {
      this.#early.push(Buffer.from(bytes.subarray(start, end)));
    }
  }

  close(): void {
    this.shutDown();
  }

  shutDown(): void {
    if (this.#delivery.isStopped) return;
    this.#delivery.stop();
    this.#early = [];
    this.#context.calls.batch.flush();
    if (this.#socket !== undefined) this.#closeSocket(this.#socket);
    this.#socket = undefined;
    this.#place?.end();
    this.#context.release(this);
  }

  /** Opens the port, or tells what went wrong since. */
  run(): void {
    if (this.#socket === undefined && this.#errors.length === 0) this.#open();
    for (const cause of this.#errors.splice(0)) {
      this.#delivery.fail(datagramError(this.#options.host, this.#options.port, cause));
    }
  }

  fail(fault: SluiceError): void {
    this.#delivery.fail(fault);
  }

  onSocketError(errno: number): void {
    this.#failSoon(systemError('recv', errno));
  }

  /** Hot path. */
  #sendOn(socket: UdpSocket, bytes: Buffer, start: number, end: number): void {
    if (!socket.sendSoon(this, bytes, start, end))
      this.onSent(socket.send(bytes, start, end), bytes, start, end);
  }

  /** Hot path. */
  onSent(count: number, bytes: Buffer, start: number, end: number): void {
    // What the kernel has no room for is dropped.
    if (count >= 0 || count === -EAGAIN) return;
    this.#failSoon(systemError('send', -count));
    // A refusal is that of an earlier datagram: this one was not tried yet.
    const second = count === -ECONNREFUSED ? (this.#socket?.send(bytes, start, end) ?? 0) : 0;
    if (second < 0 && second !== -EAGAIN) this.#failSoon(systemError('send', -second));
  }

  #resolve(): void {
    lookup(this.#options.host, (error, address) => {
      if (error !== null) this.#errors.push(error);
      else this.#remoteHost = address;
      this.#context.reactor.defer(this);
    });
  }

  #open(): void {
    if (this.#delivery.isStopped) return;
    const { libc } = this.#context;
    const { port, localAddress } = this.#options;
    let descriptor = -1;
    try {
      const remote = socketAddressOf(this.#remoteHost, port);
      this.#remote.setText(this.#remoteHost);
      descriptor = openSocket(libc, remote.family, SOCK_DGRAM);
      this.#place?.settle();
      if (localAddress !== undefined) bindSocket(libc, descriptor, socketAddressOf(localAddress, 0));
      connectSocket(libc, descriptor, remote);
      // From now on the kernel drops what others send, but not what they have sent since the bind.
      this.#context.inbox.discard(descriptor);
      this.#socket = new UdpSocket(this.#context, descriptor, this.#delivery, this, {
        address: this.#remote,
        port,
      });
    } catch (cause) {
      if (descriptor >= 0) this.#context.closeDescriptor(descriptor);
      this.#errors.push(cause);
      return;
    }
    this.host = this.#socket.localAddress.toString();
    this.port = this.#socket.localPort;
    this.#context.ownPorts.add(this.#socket.localAddress, this.port);
    for (const bytes of this.#early) this.sendConnected(bytes, 0, bytes.length);
    this.#early = [];
  }

  #closeSocket(socket: UdpSocket): void {
    this.#context.ownPorts.delete(socket.localAddress, socket.localPort);
    socket.close();
  }

  #failSoon(cause: unknown): void {
    if (this.#errors.length === 0) this.#context.reactor.defer(this);
    this.#errors.push(cause);
  }
}
