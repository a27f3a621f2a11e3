/* eslint max-lines: ['error', { max: 268, skipBlankLines: true, skipComments: true }] -- A connection is one object: what happens on its socket changes all of it. */
import type { Socket } from 'node:net';
import type { SluiceError } from '../../../base/errors.ts';
import type { Connection, ConnectionHandler } from '../../engine.ts';
import type { Expiring } from '../../../runtime/deadlines.ts';
import type { Tracked } from '../../common/engine-context.ts';
import { OutgoingSocket } from './outgoing-socket.ts';
import type { PortableContext } from '../shared/portable-context.ts';
import { callHandler, callOnClose, callOnData } from '../../common/handler-calls.ts';
import { ForeignDestination, type ForeignSource } from '../../common/foreign-destination.ts';
import { relayFault } from '../../common/system-errors.ts';
import { connectionError, isOutdated, type Origin } from './origin.ts';
import { refusedAsIfClosed } from '../../common/self-connection.ts';
import { readByte } from './read-byte.ts';
import { listenTo, type SocketOwner } from './socket-listeners.ts';
import { SocketAddresses } from './socket-addresses.ts';
import { SocketReceiver, type ReceiverOwner } from './socket-receiver.ts';
import { SocketSender, type SenderOwner } from './socket-sender.ts';

/**
 * Keep-alive is turned on once a connection is so old, in milliseconds: half of the silence after which the system
 * begins to ask. The short sessions of most traffic are over by then, and are spared the system calls.
 */
const keepAliveAgeMs = 30_000;
const keepAliveSilenceMs = 60_000;

/**
 * One TCP connection on a `net.Socket`.
 *
 * Node reports everything from its event loop or on a tick of its own, so no handler is ever called from inside a
 * call of the owner. A connection that ended in good order is closed for the owner only after all it received was
 * told, paused or not. A reset by the other side waits for nothing, but the system reports it only to readers and
 * writers: while a connection is paused it may go unnoticed until `resume()`. What a server sent before its reset is
 * told first, paused or not: it may be an answer that says why.
 */
export class PortableConnection
  extends SocketAddresses
  implements Connection, Tracked, Expiring, SocketOwner, ReceiverOwner, SenderOwner, ForeignSource
{
  rosterSlot = -1;
  deadlineIndex = -1;
  dueMs = 0;
  handler: ConnectionHandler;
  bytesRead = 0;
  bytesWritten = 0;
  lastActiveMs: number;
  firstReadMs = -1;
  isClosed = false;

  readonly #context: PortableContext;
  readonly #receiver: SocketReceiver;
  readonly #sender: SocketSender;
  readonly #origin: Origin;
  /** False until a connection of our own making stands. */
  #stands: boolean;
  /** Reset by the owner or for a handler's fault: only `onClose` is due. */
  #isDropped = false;
  /** Node closed the socket; `onClose` was called as well unless something held must be told first. */
  #isGone = false;
  /** `arrivals` of the context when bytes were last read. */
  #arrivalsAtRead = -1;
  #error: SluiceError | undefined = undefined;
  /** Where a relay of this connection goes; the `#relaySource` there is this connection. */
  #relayTo: PortableConnection | null = null;
  #relayLeft = 0;
  #relaySource: PortableConnection | null = null;
  /** The same, where it goes to a connection of another kind. */
  #foreignTo: ForeignDestination | null = null;
  /** The owner's `write` returned false. */
  #owesDrain = false;

  constructor(context: PortableContext, socket: Socket, origin: Origin, handler: ConnectionHandler) {
    super(socket, origin);
    const isAccepted = origin === 'accepted';
    this.handler = handler;
    this.lastActiveMs = context.runtime.clock.nowMs();
    this.#context = context;
    this.#origin = origin;
    this.#stands = isAccepted;
    this.#receiver = new SocketReceiver(socket, context.given, this, isAccepted);
    this.#sender = new SocketSender(socket, context, this);
    if (socket instanceof OutgoingSocket) socket.lastBytesTaker = this.#receiver;
    listenTo(socket, this, isAccepted);
    context.budget.take(isAccepted ? 'accepted' : 'outgoing');
    context.track(this);
    context.keepAlive.set(this, keepAliveAgeMs);
  }

  get isOutdated(): boolean {
    return isOutdated(this.#origin, this.remoteAddress, this.#context.names);
  }

  get unacknowledgedBytes(): number {
    const { destroyed, writableLength, writableFinished } = this.socket;
    if (!destroyed) return writableLength;
    // It has forgotten how much it had.
    return this.#sender.isFlushing && !writableFinished ? 1 : 0;
  }

  write(bytes: Buffer, start: number, end: number): boolean {
    if (start >= end || !this.socket.writable) return true;
    this.bytesWritten += end - start;
    this.lastActiveMs = this.#context.runtime.clock.nowMs();
    if (this.#sender.send(bytes, start, end)) return true;
    this.#owesDrain = true;
    return false;
  }

  hasArrivals(): boolean {
    if (!this.#stands || this.#isDropped || this.isClosed) return false;
    return this.#isGone || this.#error !== undefined || this.#receiver.hasArrivals();
  }

  pause(): void {
    this.#receiver.pause();
  }

  resume(): void {
    this.#receiver.resume();
  }

  end(): void {
    this.socket.end();
    // What comes from now on is ignored, so a relay to here has nothing to wait for.
    this.#unblockRelayToHere();
  }

  close(): void {
    this.#drop(undefined, this.socket.writableLength === 0);
  }

  reset(): void {
    this.#drop(undefined);
  }

  shutDown(): void {
    this.reset();
  }

  /** Drops the connection for a handler's fault, which `onClose` tells even where the handler had reset it. */
  fail(fault: SluiceError): void {
    this.#drop(fault);
  }

  relay(to: Connection, limit = Infinity): void {
    if (!(limit >= 1)) throw relayFault(`must forward at least 1 byte, not ${limit}`);
    const native = to instanceof PortableConnection ? to : null;
    if (native !== null && native.#relaySource !== null && native.#relaySource !== this)
      throw relayFault('must be the only relay to that connection');
    this.#stopRelay();
    if (to.isClosed || (native !== null && (native.#isDropped || native.#isGone))) {
      this.pause();
      return;
    }
    this.#relayTo = native;
    this.#relayLeft = limit;
    if (native === null) this.#foreignTo = new ForeignDestination(to, this);
    else native.#relaySource = this;
    if (native !== null && native.#sender.isFlushing) this.#receiver.block();
    this.#receiver.resume();
  }

  onRoom(): void {
    this.#receiver.unblock();
  }

  onDestinationGone(): void {
    this.pause();
    this.#stopRelay();
  }

  /** Bytes arrived in memory that is read into again. Hot path. */
  receive(bytes: Buffer, start: number, end: number): void {
    this.#context.arrivals += 1;
    if (this.#isDropped) return;
    this.countRead(end - start);
    this.#receiver.receive(bytes, start, end);
  }

  /** Hands bytes to the relay up to its limit, or all of them to the handler. Hot path. */
  takeBytes(bytes: Buffer, start: number, end: number): number {
    const to = this.#relayTo;
    const foreign = this.#foreignTo;
    if (to === null && foreign === null) {
      const fault = callOnData(this.#context, this, bytes, start, end);
      if (fault !== undefined) this.fail(fault);
      return end;
    }
    const until = start + Math.min(end - start, this.#relayLeft);
    this.#relayLeft -= until - start;
    foreign?.send(bytes, start, until);
    const isFlushed =
      to === null ? foreign?.isBusy !== true : to.#sendOn(bytes, start, until, this.lastActiveMs);
    if (this.#relayLeft === 0) {
      this.#stopRelay();
      this.#receiver.isRestDue = until < end;
      this.#tell('onRelayed');
      this.#receiver.isRestDue = false;
    } else if (!isFlushed) {
      this.#receiver.block();
    }
    return until;
  }

  takeEnd(): void {
    this.#stopRelay();
    this.#tell('onEnd');
  }

  onDeadline(): void {
    this.socket.setKeepAlive(true, keepAliveSilenceMs);
  }

  onCaughtUp(): void {
    if (this.#isGone) this.#close();
  }

  countRead(length: number): void {
    this.bytesRead += length;
    this.#arrivalsAtRead = this.#context.arrivals;
    this.lastActiveMs = this.#context.runtime.clock.nowMs();
    if (this.bytesRead === length) this.firstReadMs = this.lastActiveMs;
  }

  /** Sends what a relay to here brought. @returns false where something is kept. Hot path. */
  #sendOn(bytes: Buffer, start: number, end: number, nowMs: number): boolean {
    if (!this.socket.writable) return true;
    this.bytesWritten += end - start;
    this.lastActiveMs = nowMs;
    return this.#sender.sendOn(bytes, start, end);
  }

  #stopRelay(): void {
    if (this.#relayTo === null && this.#foreignTo === null) return;
    if (this.#relayTo !== null) this.#relayTo.#relaySource = null;
    this.#foreignTo?.leave();
    this.#relayTo = this.#foreignTo = null;
    this.#receiver.unblock();
  }

  /** A relay's destination is gone: its source reads no further until its owner says so. */
  #stopRelayToHere(): void {
    const source = this.#relaySource;
    if (source === null) return;
    source.pause();
    source.#stopRelay();
  }

  #unblockRelayToHere(): void {
    if (this.#relaySource !== null) this.#relaySource.#receiver.unblock();
  }

  #drop(fault: SluiceError | undefined, isInOrder = false): void {
    const socket = this.socket;
    if (fault !== undefined || !this.#isDropped) this.#error = fault;
    if (this.#isDropped || this.isClosed) return;
    this.#isDropped = true;
    this.#receiver.discard();
    this.#stopRelay();
    this.#stopRelayToHere();
    if (this.#isGone) process.nextTick(() => this.#close());
    else if (socket.connecting || isInOrder) socket.destroy();
    // Node must not be asked for a reset while its shutdown is under way: it would never close the socket.
    else if (socket.writableEnded && !socket.writableFinished && socket.writableLength === 0) {
      socket.once('finish', () => socket.resetAndDestroy());
    } else socket.resetAndDestroy();
  }

  onSocketData(chunk: Buffer): void {
    if (this.#isDropped) return;
    this.countRead(chunk.length);
    this.#receiver.receiveChunk(chunk);
  }

  onFlushed(): void {
    this.lastActiveMs = this.#context.runtime.clock.nowMs();
    this.#unblockRelayToHere();
    if (!this.#owesDrain) return;
    this.#owesDrain = false;
    this.#tell('onDrain');
  }

  onSocketDrain(): void {
    this.#sender.checkFlushed();
  }

  onSocketConnect(): void {
    this.#context.arrivals += 1;
    this.learnRemote();
    if (this.isSelfConnected()) this.#drop(connectionError(this.#origin, this, false, refusedAsIfClosed()));
    this.#stands = !this.#isDropped;
    this.lastActiveMs = this.#context.runtime.clock.nowMs();
    this.#tell('onConnect');
  }

  /**
   * Node also says 'end' where a reset closely follows the last bytes: libuv takes a short read on a hung-up socket
   * for FIN. It does so at once, so if anything else has arrived since those bytes, it is FIN. Else one more read
   * tells.
   */
  onSocketEnd(): void {
    const mayBeReset = this.#context.arrivals === this.#arrivalsAtRead;
    const found = mayBeReset ? readByte(this.socket) : 'end';
    if (found instanceof Error) this.socket.destroy(found);
    else this.#receiver.receiveEnd();
  }

  onSocketError(cause: Error): void {
    if (this.#isDropped || this.#error !== undefined) return;
    this.#error = connectionError(this.#origin, this, this.#stands, cause);
  }

  onSocketClose(): void {
    this.#isGone = true;
    this.#context.keepAlive.clear(this);
    this.#context.budget.giveBack(this.#origin === 'accepted' ? 'accepted' : 'outgoing');
    this.#stopRelayToHere();
    const waits = this.#error === undefined || this.#origin !== 'accepted';
    if (!waits || !this.#receiver.isHolding) this.#close();
  }

  #close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#receiver.discard();
    this.#stopRelay();
    this.#context.release(this);
    callOnClose(this.#context, this, this.#error);
  }

  #tell(event: 'onConnect' | 'onEnd' | 'onDrain' | 'onRelayed'): void {
    if (this.#isDropped) return;
    const fault = callHandler(this.#context, this, event);
    if (fault !== undefined) this.fail(fault);
  }
}
