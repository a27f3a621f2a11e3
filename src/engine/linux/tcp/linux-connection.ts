/* eslint max-lines: ['error', { max: 275, skipBlankLines: true, skipComments: true }] -- A connection is one object, as `ReadySocket` says why. */
import type { SluiceError } from '../../../base/errors.ts';
import type { IpAddress } from '../../../model/address.ts';
import type { Connection, ConnectionHandler, ConnectOptions } from '../../engine.ts';
import type { Tracked } from '../../common/engine-context.ts';
import { callHandler, callOnClose, callOnData } from '../../common/handler-calls.ts';
import { CopiedRelay } from './copied-relay.ts';
import { Dialer, type DialOwner } from './dialer.ts';
import type { LinuxContext } from '../shared/linux-context.ts';
import type { Task, Watched } from '../loop/reactor.ts';
import { Relay, type RelaySource } from './relay.ts';
import { isPlainArrival, socketEvents } from './ready-socket.ts';
import { SendingSocket } from './sending-socket.ts';
import { readSize } from '../loop/read-ahead.ts';
import { EAGAIN, EPIPE } from '../kernel/system-constants.ts';

/** So often one connection reads before others have their turn. */
const maxReadsPerTurn = 8;
/**
 * Bytes to read from a client at first, and after a pause: an owner that pauses had something left, which needs
 * memory. Larger reads follow one that is full.
 */
const firstReadSize = 16_384;
/**
 * Bytes to read after a relay of known length: the next message is likely a head with another large body, and the
 * less of that is copied the better.
 */
const readSizeAfterRelay = 4_096;

/**
 * One TCP connection on a descriptor of its own.
 *
 *     opening ──▶ open ──▶ gone
 *        └───────────────────┘
 *
 * It has a descriptor while it is open; before that, the dialer has one. Handlers are called from turns of the
 * reactor only: what a call of the owner finds out, or makes possible, waits for `run`. Nothing is read that cannot
 * be handed on at once, so pausing needs no memory. A reset by a client is noticed at once, paused or not. What a
 * server sent before its reset is told first: it may be an answer that says why.
 */
export class LinuxConnection
  extends SendingSocket
  implements Connection, RelaySource, Tracked, Watched, Task, DialOwner
{
  rosterSlot = -1;
  handler: ConnectionHandler;
  isClosed = false;

  readonly #isOutgoing: boolean;
  /** Only while `opening`. */
  #dialer: Dialer | undefined;
  #state: 'opening' | 'open' | 'gone' = 'opening';
  #error: SluiceError | undefined = undefined;
  #isPaused = false;
  /** The other side's FIN was told. */
  #hasEnded = false;
  #owesDrain = false;
  #isQueued = false;
  /** Sizes of the next read, and of one after a read that was not full, in bytes. */
  #nextReadSize = readSize;
  #firstReadSize = readSize;
  /** The relay of this connection's reading direction; one that comes here is its `forerunner`. */
  #relay: Relay | CopiedRelay | undefined = undefined;

  /** @param target where it connects to; undefined for a client, which `adopt` brings */
  constructor(
    context: LinuxContext,
    target: ConnectOptions | undefined,
    quickAck: boolean,
    handler: ConnectionHandler,
  ) {
    super(context, target, quickAck);
    this.handler = handler;
    this.#isOutgoing = target !== undefined;
    this.#dialer = target === undefined ? undefined : new Dialer(context, target, this);
    context.track(this);
  }

  get isOutdated(): boolean {
    return (
      this.targetHost !== undefined && this.context.names.isOutdated(this.targetHost, this.remoteAddress)
    );
  }

  /** Starts to connect. */
  connect(): void {
    this.#dialer?.start();
  }

  onDialled(descriptor: number, events: number): void {
    this.#dialer = undefined;
    this.noteActive();
    this.context.reactor.handTo(descriptor, this);
    this.context.keepAlive.add(descriptor);
    this.#open(descriptor, false);
    this.note(events);
    this.#tell('onConnect');
    this.forerunner?.onFlushed();
    if (this.#state === 'open') this.#serve();
  }

  /**
   * Takes what a listener accepted; the remote address is set already.
   *
   * @param local where the client came to; undefined where only the system knows. It must not change.
   */
  adopt(descriptor: number, local: IpAddress | undefined, localPort: number): void {
    if (local !== undefined) this.setLocal(local, localPort);
    this.#isPaused = true;
    this.#firstReadSize = this.#nextReadSize = firstReadSize;
    this.#open(descriptor, true);
    this.context.reactor.watch(descriptor, socketEvents, this);
  }

  write(bytes: Buffer, start: number, end: number): boolean {
    if (start >= end || this.isEnding || this.#state === 'gone') return true;
    const isFlushed = this.send(bytes, start, end);
    if (!isFlushed) this.#owesDrain = true;
    return isFlushed;
  }

  hasArrivals(): boolean {
    if (this.#state !== 'open') return this.#state === 'gone' && this.#error !== undefined && !this.isClosed;
    if (this.sendErrno !== 0 || this.isBroken) return true;
    return !this.#hasEnded && this.hasMore;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    if (this.#nextReadSize > this.#firstReadSize) this.#nextReadSize = this.#firstReadSize;
    this.readSoon();
  }

  end(): void {
    if (this.isEnding || this.#state === 'gone') return;
    this.endSending();
    // What comes from now on is ignored, so a relay to here has nothing to wait for.
    this.forerunner?.onFlushed();
    if (this.#hasEnded) this.wake();
  }

  close(): void {
    if (this.#state !== 'open' || this.isBusy) this.reset();
    else this.#leave(true);
  }

  reset(): void {
    this.#drop(this.#error);
  }

  shutDown(): void {
    this.reset();
  }

  /** Drops the connection for a fault, which `onClose` tells even where the handler had reset it. */
  fail(fault: SluiceError): void {
    this.#error = fault;
    this.#drop(fault);
  }

  relay(to: Connection, limit = Infinity): void {
    this.stopRelay();
    const isNative = to instanceof LinuxConnection;
    if (this.#state === 'gone' || (isNative ? to.#state === 'gone' : to.isClosed)) {
      this.pause();
      return;
    }
    this.#relay = isNative
      ? new Relay(this.context, this, to, limit)
      : new CopiedRelay(this.context, this, to, limit);
    this.#isPaused = false;
    this.readSoon();
  }

  stopRelay(): void {
    this.#relay?.stop();
    this.#relay = undefined;
  }

  readSoon(): void {
    if (this.#state === 'open' && !this.#isPaused) this.wake();
  }

  /** Hot path. */
  readAhead(events: number): void {
    if (this.#isPaused || this.#hasEnded || this.#state !== 'open' || !isPlainArrival(events)) return;
    const length = this.#relay === undefined ? this.#nextReadSize : this.#relay.lengthAhead;
    if (length > 0) this.receiveSoon(length);
  }

  /** Hot path. */
  onReady(events: number): void {
    const hasWaited: boolean = this.canRead;
    this.note(events);
    this.#serve();
    // Nobody reads: what else arrives is not worth a turn.
    if (hasWaited && this.canRead && !this.#isQueued) this.mute();
  }

  run(): void {
    this.#isQueued = false;
    if (this.#state === 'gone') {
      this.#tellClose();
    } else if (this.#state === 'open') {
      this.#serve();
      if (this.sendErrno !== 0 && !this.#owesArrivals()) this.#break(this.sendErrno);
      this.#finishIfDone();
    }
  }

  protected wake(): void {
    if (!this.#isQueued) this.context.reactor.defer(this);
    this.#isQueued = true;
  }

  /** Does what the socket is ready for. Hot path. */
  #serve(): void {
    if (this.canWrite && this.flush()) this.#onFlushed();
    this.#read();
    // Nobody reads, or will at once: nothing else would tell.
    if (this.isBroken && this.#state === 'open' && !this.#isQueued && !this.#owesArrivals()) {
      this.#break(this.takeError());
    }
  }

  /** A server's bytes from before its reset wait: that is told once they are read. */
  #owesArrivals(): boolean {
    return this.#isOutgoing && !this.#hasEnded && this.hasUnread;
  }

  #open(descriptor: number, isNoDelay: boolean): void {
    this.#state = 'open';
    this.open(descriptor, isNoDelay);
  }

  /** Reads as long as there is something, somebody to take it, and the turn is not over. Hot path. */
  #read(): void {
    for (let reads = 0; this.#state === 'open' && !this.#isPaused && !this.#hasEnded; reads++) {
      const relay = this.#relay;
      if (relay?.isDone === true) {
        this.stopRelay();
        this.#nextReadSize = readSizeAfterRelay;
        this.#tell('onRelayed');
        continue;
      }
      if (!this.canRead) return;
      if (relay?.isBlocked === true) {
        if (relay.isBulk) this.mute();
        return;
      }
      if (reads >= maxReadsPerTurn) {
        this.wake();
        return;
      }
      if (relay === undefined) this.#receive();
      else this.#note(relay.take());
    }
  }

  /** Hot path. */
  #receive(): void {
    const count = this.receive(this.#nextReadSize);
    if (count <= 0) {
      this.#note(count);
      return;
    }
    this.#nextReadSize = count < this.#nextReadSize ? this.#firstReadSize : readSize;
    const { bytes, start } = this.context.calls;
    const fault = callOnData(this.context, this, bytes, start, start + count);
    if (fault !== undefined) this.fail(fault);
  }

  /** Takes note of what a read found: bytes, the end, or a negated error number. Hot path. */
  #note(count: number): void {
    if (count > 0 || count === -EAGAIN) return;
    if (count < 0) {
      this.#break(-count);
    } else {
      const errno = this.sendErrno !== 0 || !this.isBroken ? this.sendErrno : this.takeError();
      // That is what the kernel says where the reset came behind FIN.
      if (errno !== EPIPE) this.#break(errno);
      this.#onEnd();
      this.#break(errno);
    }
  }

  #onEnd(): void {
    this.#hasEnded = true;
    this.isLast = true;
    this.stopRelay();
    this.#tell('onEnd');
    this.#finishIfDone();
  }

  /** Everything was sent. */
  #onFlushed(): void {
    this.forerunner?.onFlushed();
    if (this.#owesDrain) {
      this.#owesDrain = false;
      this.#tell('onDrain');
    }
    this.#finishIfDone();
  }

  #finishIfDone(): void {
    if (this.#state === 'open' && this.#hasEnded && this.isFinSent) this.#leave(true);
  }

  /** Drops the connection for an error of the system; 0 is none. */
  #break(errno: number): void {
    if (errno === 0 || this.#state !== 'open') return;
    this.noteLost();
    this.#drop(this.resetError(errno));
  }

  #drop(error: SluiceError | undefined): void {
    if (this.#state === 'gone') return;
    this.#error = error;
    this.#dialer?.cancel();
    this.#leave(false);
  }

  #leave(isInOrder: boolean): void {
    this.#state = 'gone';
    this.stopRelay();
    this.forerunner?.onDestinationGone();
    this.leave(isInOrder);
    this.wake();
  }

  #tellClose(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.context.release(this);
    callOnClose(this.context, this, this.#error);
  }

  #tell(event: 'onConnect' | 'onEnd' | 'onDrain' | 'onRelayed'): void {
    if (this.#state !== 'open') return;
    const fault = callHandler(this.context, this, event);
    if (fault !== undefined) this.fail(fault);
  }
}
