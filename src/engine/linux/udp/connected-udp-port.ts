import { SluiceError } from '../../../base/errors.ts';
import { DatagramDelivery } from '../../common/datagram-delivery.ts';
import type { DatagramHandler, UdpConnectOptions, UdpPort } from '../../engine.ts';
import type { Tracked } from '../../common/engine-context.ts';
import { FlowPlace } from '../../budget/flow-place.ts';
import { UdpRemote, type UdpRemoteOwner } from '../../common/udp-remote.ts';
import { refusedAsIfClosed } from '../../common/self-connection.ts';
import { datagramError } from '../../common/system-errors.ts';
import type { LinuxContext } from '../shared/linux-context.ts';
import { bindSocket, connectSocket, isSelfConnected, openSocket } from '../kernel/open-socket.ts';
import type { Task } from '../loop/reactor.ts';
import { socketAddressOf } from '../kernel/socket-address.ts';
import type { Sender } from '../loop/call-batch.ts';
import { EAGAIN, ECONNREFUSED, ENOBUFS, SOCK_DGRAM } from '../kernel/system-constants.ts';
import { systemError } from '../kernel/system-error.ts';
import { UdpSocket, type UdpSocketOwner } from './udp-socket.ts';

/** A UDP port that talks with one address. It is opened, and its errors are told, in turns of the reactor. */
export class ConnectedUdpPort implements UdpPort, Tracked, Task, UdpSocketOwner, Sender, UdpRemoteOwner {
  rosterSlot = -1;
  host: string;
  port = 0;
  readonly #context: LinuxContext;
  readonly #options: UdpConnectOptions;
  readonly #delivery: DatagramDelivery;
  /** Taken by a port that may not use the reserve. */
  readonly #place: FlowPlace | undefined;
  readonly #remote: UdpRemote;
  #socket: UdpSocket | undefined = undefined;
  /** Errors to be told on the next turn. */
  readonly #errors: unknown[] = [];

  constructor(context: LinuxContext, options: UdpConnectOptions, handler: DatagramHandler) {
    this.host = options.localAddress ?? '';
    this.#context = context;
    this.#options = options;
    this.#delivery = new DatagramDelivery(context, this, handler);
    this.#place = options.usesReserve === true ? undefined : new FlowPlace(context.budget.flows);
    context.track(this);
    this.#remote = new UdpRemote(context.names, options, this);
    if (this.#remote.find()) context.reactor.defer(this);
  }

  send(): void {
    throw new SluiceError(
      'SLUICE_ERR_STATE',
      'a connected UDP port sends to one address only; use sendConnected()',
    );
  }

  /** Hot path. */
  get isOutdated(): boolean {
    return this.#remote.isOutdated;
  }

  get descriptor(): number {
    return this.#socket?.descriptor ?? -1;
  }

  /** Hot path. */
  sendConnected(bytes: Buffer, start: number, end: number): void {
    if (this.#delivery.isStopped) return;
    if (this.#remote.isKeeping) this.#keep(bytes, start, end);
    if (this.#socket !== undefined) this.#sendOn(this.#socket, bytes, start, end);
  }

  close(): void {
    this.shutDown();
  }

  shutDown(): void {
    if (this.#delivery.isStopped) return;
    this.#delivery.stop();
    this.#remote.close(this.#delivery.hasDelivered);
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
      if (this.#goesOn(cause)) return;
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
    if (count >= 0 || isWithoutRoom(count)) return;
    this.#failSoon(systemError('send', -count));
    // A refusal is that of an earlier datagram: this one was not tried yet.
    const second = count === -ECONNREFUSED ? (this.#socket?.send(bytes, start, end) ?? 0) : 0;
    if (second < 0 && !isWithoutRoom(second)) this.#failSoon(systemError('send', -second));
  }

  onRemoteFound(): void {
    this.#context.reactor.defer(this);
  }

  /** Keeps a datagram as long as it may have to be sent to another address. */
  #keep(bytes: Buffer, start: number, end: number): void {
    if (this.#delivery.hasDelivered) this.#remote.answered();
    else this.#remote.keep(bytes, start, end);
  }

  /** The address will not do: is there another one? Then that is opened on the next turn. */
  #goesOn(cause: unknown): boolean {
    if (!this.#remote.moveOn(cause, this.#delivery.hasDelivered)) return false;
    this.#errors.length = 0;
    this.#context.calls.batch.flush();
    this.#socket?.close();
    this.#socket = undefined;
    this.#context.reactor.defer(this);
    return true;
  }

  #open(): void {
    if (this.#delivery.isStopped) return;
    const { libc } = this.#context;
    const { port, localAddress } = this.#options;
    let descriptor = -1;
    try {
      if (this.#remote.failure !== undefined) throw this.#remote.failure;
      const remote = socketAddressOf(this.#remote.address, port);
      descriptor = openSocket(libc, remote.family, SOCK_DGRAM);
      this.#place?.settle();
      if (localAddress !== undefined) bindSocket(libc, descriptor, socketAddressOf(localAddress, 0));
      connectSocket(libc, descriptor, remote);
      if (isSelfConnected(libc, descriptor, remote.address, port)) throw refusedAsIfClosed();
      // From now on the kernel drops what others send, but not what they have sent since the bind.
      this.#context.inbox.discard(descriptor);
      this.#socket = new UdpSocket(this.#context, descriptor, this.#delivery, this, {
        address: remote.address,
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
    for (const bytes of this.#remote.ready()) this.#sendOn(this.#socket, bytes, 0, bytes.length);
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

function isWithoutRoom(count: number): boolean {
  return count === -EAGAIN || count === -ENOBUFS;
}
