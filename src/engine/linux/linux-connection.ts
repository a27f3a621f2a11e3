import type { SluiceError } from '../../errors.ts';
import type { IpAddress } from '../../model/address.ts';
import type { Connection, ConnectionHandler, ConnectOptions } from '../engine.ts';
import type { Tracked } from '../engine-context.ts';
import { callHandler, callOnClose, callOnData } from '../handler-calls.ts';
import { ConnectionAddresses } from './connection-addresses.ts';
import { Dialer, type DialOwner } from './dialer.ts';
import { readSize, type LinuxContext } from './linux-context.ts';
import type { Task, Watched } from './reactor.ts';
import { Relay, relayFault, type RelayEnd } from './relay.ts';
import { Sender } from './sender.ts';
import { EAGAIN, EPOLLOUT } from './system-constants.ts';
import type { TcpSocket } from './tcp-socket.ts';

/** So often one connection reads before others have their turn. */
const maxReadsPerTurn = 8;

/**
 * One TCP connection on a descriptor of its own.
 *
 *     opening ──▶ open ──▶ gone
 *        └───────────────────┘
 *
 * `#socket` is set while it is open; before that, the dialer has one. Handlers are called from turns of the
 * reactor only: what a call of the owner finds out, or makes possible, waits for `run`. Nothing is read that
 * cannot be handed on at once, so that pausing needs no memory. A reset by the other side is noticed at once,
 * paused or not.
 */
export class LinuxConnection
  extends ConnectionAddresses
  implements Connection, RelayEnd, Tracked, Watched, Task, DialOwner
{
  rosterSlot = -1;
  handler: ConnectionHandler;
  bytesRead = 0;
  bytesWritten = 0;
  lastActiveMs: number;
  isClosed = false;
  readonly sender = new Sender();

  readonly #context: LinuxContext;
  /** Only while `opening`. */
  #dialer: Dialer | undefined;
  #state: 'opening' | 'open' | 'gone' = 'opening';
  #socket: TcpSocket | undefined = undefined;
  #error: SluiceError | undefined = undefined;
  #isPaused = false;
  /** The other side's FIN was told. */
  #hasEnded = false;
  #owesDrain = false;
  #isQueued = false;
  /** The relay of this connection's reading direction; one that comes here is its sender's forerunner. */
  #relay: Relay | undefined = undefined;

  constructor(context: LinuxContext, target: ConnectOptions | undefined, handler: ConnectionHandler) {
    super(context.libc, target);
    this.handler = handler;
    this.lastActiveMs = context.nowMs();
    this.#context = context;
    this.#dialer = target === undefined ? undefined : new Dialer(context, target, this);
    context.track(this);
  }

  /** Starts to connect. */
  connect(): void {
    this.#dialer?.start();
  }

  onDialled(socket: TcpSocket): void {
    this.#dialer = undefined;
    this.lastActiveMs = this.#context.nowMs();
    socket.handTo(this);
    this.#stand(socket);
    this.#context.keepAlive.add(socket.descriptor);
    this.#tell('onConnect');
    this.sender.forerunner?.onFlushed();
    if (this.#socket === socket) this.#serve(socket);
  }

  /**
   * Takes what a listener accepted; the remote address is set already.
   *
   * @param local where the client came to; undefined where only the system knows. It must not change.
   */
  adopt(socket: TcpSocket, local: IpAddress | undefined, localPort: number): void {
    if (local !== undefined) this.setLocal(local, localPort);
    this.#isPaused = true;
    this.#socket = socket;
    socket.watch(this);
    this.#stand(socket);
  }

  write(bytes: Buffer, start: number, end: number): boolean {
    if (start >= end || this.sender.isEnding || this.#state === 'gone') return true;
    const isFlushed = this.sender.send(bytes, start, end);
    this.noteSent(end - start);
    if (!isFlushed) this.#owesDrain = true;
    return isFlushed;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.readSoon();
  }

  end(): void {
    if (this.sender.isEnding || this.#state === 'gone') return;
    this.sender.end();
    // What comes from now on is ignored, so a relay to here has nothing to wait for.
    this.sender.forerunner?.onFlushed();
    if (this.#hasEnded) this.#queue();
  }

  reset(): void {
    this.#drop(this.#error);
  }

  shutDown(): void {
    this.reset();
  }

  protected get descriptor(): number | undefined {
    return this.#socket?.descriptor;
  }

  /** Drops the connection for a fault, which `onClose` tells even where the handler had reset it. */
  fail(fault: SluiceError): void {
    this.#error = fault;
    this.#drop(fault);
  }

  relay(to: Connection, limit = Infinity): void {
    if (!(to instanceof LinuxConnection)) throw relayFault('needs two connections of one engine');
    this.stopRelay();
    if (this.#state === 'gone' || to.#state === 'gone') {
      this.pause();
      return;
    }
    this.#relay = new Relay(this.#context, this, to, limit);
    this.#isPaused = false;
    this.readSoon();
  }

  stopRelay(): void {
    this.#relay?.stop();
    this.#relay = undefined;
  }

  readSoon(): void {
    if (this.#state === 'open' && !this.#isPaused) this.#queue();
  }

  /** Hot path. */
  noteSent(count: number): void {
    this.bytesWritten += count;
    this.lastActiveMs = this.#context.nowMs();
    if (this.sender.errno !== 0) this.#queue();
  }

  /** Hot path. */
  onReady(events: number): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    const hasWaited = socket.note(events);
    this.#serve(socket);
    // Nobody reads: what else arrives is not worth a turn.
    if (hasWaited && socket.canRead && !this.#isQueued) socket.mute();
  }

  run(): void {
    this.#isQueued = false;
    if (this.#state === 'gone') {
      this.#tellClose();
    } else if (this.#socket !== undefined) {
      this.#serve(this.#socket);
      this.#break(this.sender.errno);
      this.#finishIfDone();
    }
  }

  /** Does what the socket is ready for. Hot path. */
  #serve(socket: TcpSocket): void {
    if (socket.canWrite) this.#flush();
    this.#read();
    // Nobody reads, or will at once: nothing else would tell.
    if (socket.isBroken && this.#state === 'open' && !this.#isQueued) this.#break(socket.takeError());
  }

  #stand(socket: TcpSocket): void {
    this.#state = 'open';
    this.#socket = socket;
    // A new connection has room for what is sent first.
    socket.note(EPOLLOUT);
    this.sender.socket = socket;
  }

  /** Reads as long as there is something, somebody to take it, and the turn is not over. Hot path. */
  #read(): void {
    for (let reads = 0; this.#state === 'open' && !this.#isPaused && !this.#hasEnded; reads++) {
      const socket = this.#socket;
      const relay = this.#relay;
      if (relay?.isDone === true) {
        this.stopRelay();
        this.#tell('onRelayed');
        continue;
      }
      if (socket?.canRead !== true) return;
      if (relay?.isBlocked === true) {
        if (relay.isBulk) socket.mute();
        return;
      }
      if (reads >= maxReadsPerTurn) {
        this.#queue();
        return;
      }
      if (relay === undefined) this.#receive(socket);
      else this.#note(socket, relay.take(socket));
    }
  }

  /** Hot path. */
  #receive(socket: TcpSocket): void {
    const count = socket.receive(readSize);
    this.#note(socket, count);
    const fault = count > 0 ? callOnData(this.#context, this, this.#context.readBuffer, 0, count) : undefined;
    if (fault !== undefined) this.fail(fault);
  }

  /** Takes note of what a read found: bytes, the end, or a negated error number. Hot path. */
  #note(socket: TcpSocket, count: number): void {
    if (count > 0) {
      this.bytesRead += count;
      this.lastActiveMs = this.#context.nowMs();
    } else if (count < 0) {
      if (count !== -EAGAIN) this.#break(-count);
    } else {
      this.#break(this.sender.errno !== 0 || !socket.isBroken ? this.sender.errno : socket.takeError());
      this.#onEnd();
    }
  }

  #onEnd(): void {
    this.#hasEnded = true;
    this.sender.isLast = true;
    this.stopRelay();
    this.#tell('onEnd');
    this.#finishIfDone();
  }

  /** The kernel takes bytes again. */
  #flush(): void {
    const { sender } = this;
    if (!sender.isBusy && (sender.isFinSent || !sender.isEnding)) return;
    const isFlushed = sender.flush();
    this.noteSent(0);
    if (!isFlushed) return;
    sender.forerunner?.onFlushed();
    if (this.#owesDrain) {
      this.#owesDrain = false;
      this.#tell('onDrain');
    }
    this.#finishIfDone();
  }

  #finishIfDone(): void {
    if (this.#state === 'open' && this.#hasEnded && this.sender.isFinSent) this.#leave(true);
  }

  /** Drops the connection for an error of the system; 0 is none. */
  #break(errno: number): void {
    if (errno !== 0 && this.#state === 'open') this.#drop(this.resetError(errno));
  }

  #drop(error: SluiceError | undefined): void {
    if (this.#state === 'gone') return;
    this.#error = error;
    this.#dialer?.cancel();
    this.#leave(false);
  }

  #leave(isInOrder: boolean): void {
    const socket = this.#socket;
    this.#state = 'gone';
    this.stopRelay();
    this.sender.forerunner?.onDestinationGone();
    if (isInOrder) socket?.close();
    else socket?.reset();
    this.#socket = undefined;
    this.#queue();
  }

  #tellClose(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#context.release(this);
    callOnClose(this.#context, this, this.#error);
  }

  #tell(event: 'onConnect' | 'onEnd' | 'onDrain' | 'onRelayed'): void {
    if (this.#state !== 'open') return;
    const fault = callHandler(this.#context, this, event);
    if (fault !== undefined) this.fail(fault);
  }

  #queue(): void {
    if (!this.#isQueued) this.#context.reactor.defer(this);
    this.#isQueued = true;
  }
}
