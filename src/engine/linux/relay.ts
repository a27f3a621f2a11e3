import { SluiceError } from '../../errors.ts';
import { readSize, type LinuxContext } from './linux-context.ts';
import type { Pipe } from './pipe-pool.ts';
import type { Forerunner, Sender } from './sender.ts';
import { EAGAIN } from './system-constants.ts';
import type { TcpSocket } from './tcp-socket.ts';

/** Bytes to ask for at once; a pipe takes what fits, which may be more than its size: it counts pages. */
const maxSplice = 16_777_216;

/** A connection, as its relays see it. */
export interface RelayEnd {
  readonly sender: Sender;
  /** Counts bytes that were accepted for sending, and looks whether the sender broke. */
  noteSent(count: number): void;
  /** Goes on reading, on a turn of its own. */
  readSoon(): void;
  pause(): void;
  stopRelay(): void;
}

/**
 * One direction of traffic in the engine's hands. It copies at first; once a read filled the buffer, the bytes
 * go through a pipe inside the kernel (splice), until a turn finds little to move. A pipe is taken only while
 * bytes move, and is empty whenever reading has caught up.
 *
 * The bytes in the pipe belong to the destination: whatever ends the relay, they are sent or kept there.
 */
export class Relay implements Forerunner {
  readonly #context: LinuxContext;
  readonly #source: RelayEnd;
  readonly #to: RelayEnd;
  #left: number;
  #pipe: Pipe | undefined = undefined;
  #inPipe = 0;
  /** Reads are large, so that bytes are spliced. */
  isBulk = false;
  #isDestinationGone = false;
  /** Bytes spliced since the socket was last found empty. */
  #burst = 0;

  /** @throws SluiceError `SLUICE_ERR_INTERNAL` for a limit below 1, or where another relay goes to the same end */
  constructor(context: LinuxContext, source: RelayEnd, to: RelayEnd, limit: number) {
    if (!(limit >= 1)) throw relayFault(`hands on at least 1 byte, not ${limit}`);
    if (to.sender.forerunner !== undefined) throw relayFault('must be the only one to that connection');
    this.#context = context;
    this.#source = source;
    this.#to = to;
    this.#left = limit;
    to.sender.forerunner = this;
  }

  get hasBytes(): boolean {
    return this.#inPipe > 0;
  }

  /** The limit is reached and everything handed on. */
  get isDone(): boolean {
    return this.#left === 0 && this.#inPipe === 0;
  }

  /** The destination has to be flushed before more may be read. Hot path. */
  get isBlocked(): boolean {
    return !this.#to.sender.isEnding && this.#to.sender.isBusy;
  }

  /** Moves what arrived. @returns bytes, 0 at the end, or a negated error number of the source. Hot path. */
  take(from: TcpSocket): number {
    if (!this.isBulk || this.#to.sender.isEnding) return this.#copy(from);
    this.#pipe ??= this.#context.pipes.take();
    return this.#pipe === undefined ? this.#copy(from) : this.#splice(from, this.#pipe);
  }

  drain(): number {
    const { socket } = this.#to.sender;
    const pipe = this.#pipe;
    if (socket === undefined || pipe === undefined) return 0;
    let sent = 0;
    let result = 1;
    while (this.#inPipe > 0 && socket.canWrite && result > 0) {
      result = socket.spliceFrom(pipe.readEnd, this.#inPipe);
      if (result > 0) {
        this.#inPipe -= result;
        sent += result;
      }
    }
    if (sent > 0) this.#to.noteSent(sent);
    return Math.min(result, 0);
  }

  onFlushed(): void {
    this.#source.readSoon();
  }

  /** The source reads no further until its owner says so. */
  onDestinationGone(): void {
    this.#isDestinationGone = true;
    this.#source.pause();
    this.#source.stopRelay();
  }

  /** Ends the relay. What is in the pipe is kept by the destination, unless that is gone. */
  stop(): void {
    const { sender } = this.#to;
    if (this.#inPipe > 0 && !this.#isDestinationGone) this.#moveToSender(sender);
    this.#leavePipe();
    if (sender.forerunner === this) sender.forerunner = undefined;
  }

  #copy(from: TcpSocket): number {
    const { sender } = this.#to;
    const count = from.receive(Math.min(readSize, this.#left));
    if (count <= 0) return count;
    this.#left -= count;
    if (sender.isEnding) return count;
    sender.send(this.#context.readBuffer, 0, count);
    this.#to.noteSent(count);
    this.isBulk = count === readSize;
    return count;
  }

  #splice(from: TcpSocket, pipe: Pipe): number {
    const { sender } = this.#to;
    const wasEmpty = this.#inPipe === 0;
    const wanted = Math.min(maxSplice, this.#left);
    const count = from.spliceInto(pipe.writeEnd, wanted, wasEmpty);
    if (count > 0) {
      this.#inPipe += count;
      this.#left -= count;
      this.#burst += count;
    }
    const result = this.drain();
    if (result < 0) {
      sender.errno = -result;
      this.#to.noteSent(0);
    }
    if (this.#inPipe === 0 && (count <= 0 || this.#left === 0)) this.#rest(from);
    // The end is told after everything was handed over; the socket tells it again.
    return count === 0 && this.#inPipe > 0 ? -EAGAIN : count;
  }

  /** All that arrived is handed on. */
  #rest(from: TcpSocket): void {
    this.isBulk = this.#burst >= readSize;
    this.#burst = 0;
    from.noteRead();
    this.#leavePipe();
  }

  #leavePipe(): void {
    if (this.#pipe === undefined) return;
    if (this.#inPipe === 0) this.#context.pipes.giveBack(this.#pipe);
    else this.#context.pipes.destroy(this.#pipe);
    this.#pipe = undefined;
    this.#inPipe = 0;
  }

  #moveToSender(sender: Sender): void {
    const pipe = this.#pipe;
    const bytes = Buffer.allocUnsafeSlow(this.#inPipe);
    let at = 0;
    while (pipe !== undefined && at < bytes.length) {
      const count = this.#context.libc.read(pipe.readEnd, bytes.subarray(at), bytes.length - at);
      if (count <= 0) throw new Error(`a pipe lost ${bytes.length - at} bytes`);
      at += count;
    }
    this.#inPipe = 0;
    sender.keepFirst(bytes);
    this.#to.noteSent(bytes.length);
  }
}

/** A relay was asked for that cannot be: the caller's mistake. */
export function relayFault(what: string): SluiceError {
  return new SluiceError('SLUICE_ERR_INTERNAL', `a relay ${what}`);
}
