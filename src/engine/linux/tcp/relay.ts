import { relayFault } from '../../common/system-errors.ts';
import type { LinuxContext } from '../shared/linux-context.ts';
import type { Pipe } from '../shared/pipe-pool.ts';
import type { Forerunner, SendingSocket } from './sending-socket.ts';
import { readSize } from '../loop/read-ahead.ts';
import { EAGAIN } from '../kernel/system-constants.ts';
import type { TcpSocket } from './tcp-socket.ts';

/** Bytes to ask for at once; a pipe takes what fits, which may be more than its size: it counts pages. */
const maxSplice = 16_777_216;
/** How often the pipe is filled before others have their turn. */
const maxFills = 8;

/** The connection that a relay reads from. */
export interface RelaySource extends TcpSocket {
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
  readonly #source: RelaySource;
  readonly #to: SendingSocket;
  #left: number;
  #pipe: Pipe | undefined = undefined;
  #inPipe = 0;
  /** Reads are large, or are known to be, so that bytes are spliced. */
  isBulk: boolean;
  /** A negated error number of the source to tell at its next turn; 0 for none. The system told it once. */
  #fault = 0;
  #isDestinationGone = false;
  /** Bytes spliced since the source was last found empty. */
  #burst = 0;

  /** @throws SluiceError `SLUICE_ERR_INTERNAL` for a limit below 1, or where another relay goes to the same end */
  constructor(context: LinuxContext, source: RelaySource, to: SendingSocket, limit: number) {
    if (!(limit >= 1)) throw relayFault(`must forward at least 1 byte, not ${limit}`);
    if (to.forerunner !== undefined) throw relayFault('must be the only relay to that connection');
    this.#context = context;
    this.#source = source;
    this.#to = to;
    this.#left = limit;
    this.isBulk = limit !== Infinity && limit >= readSize;
    to.forerunner = this;
  }

  get hasBytes(): boolean {
    return this.#inPipe > 0;
  }

  get byteCount(): number {
    return this.#inPipe;
  }

  /** The limit is reached and everything handed on. */
  get isDone(): boolean {
    return this.#left === 0 && this.#inPipe === 0;
  }

  /** The destination has to be flushed before more may be read. Hot path. */
  get isBlocked(): boolean {
    return !this.#to.isEnding && this.#to.isBusy;
  }

  /** Bytes to receive for it in a batch; 0 for none. Hot path. */
  get lengthAhead(): number {
    return this.isBulk || this.isBlocked || this.#fault !== 0 ? 0 : this.#readLength;
  }

  /** Moves what arrived. @returns bytes, 0 at the end, or a negated error number of the source. Hot path. */
  take(): number {
    if (this.#fault !== 0) return this.#fault;
    if (!this.#maySplice()) return this.#copy();
    this.#pipe ??= this.#context.pipes.take();
    const count = this.#pipe === undefined ? 0 : this.#splice(this.#pipe);
    // Splice finds the end also before urgent data with FIN behind it: only a read knows.
    return count === 0 ? this.#copy() : count;
  }

  /** The destination has room: sends what is in the pipe, and fills it again. Hot path. */
  pump(): void {
    if (this.#pipe !== undefined) this.#splice(this.#pipe);
    if (this.#fault !== 0) this.#source.readSoon();
  }

  /** The source has a turn where there is more to read, or to be told. Hot path. */
  onFlushed(): void {
    if (this.#source.canRead || this.isDone) this.#source.readSoon();
  }

  /** The source reads no further until its owner says so. */
  onDestinationGone(): void {
    this.#isDestinationGone = true;
    this.#source.pause();
    this.#source.stopRelay();
  }

  /** Ends the relay. What is in the pipe is kept by the destination, unless that is gone. */
  stop(): void {
    if (this.#inPipe > 0 && !this.#isDestinationGone) this.#moveToDestination();
    this.#leavePipe();
    if (this.#to.forerunner === this) this.#to.forerunner = undefined;
  }

  #maySplice(): boolean {
    return this.isBulk && !this.#to.isEnding && !this.#source.hasReadAhead && !this.#source.hasUrgent;
  }

  get #readLength(): number {
    return Math.min(readSize, this.#left);
  }

  #copy(): number {
    const count = this.#source.receive(this.#readLength);
    if (count <= 0) return count;
    this.#left -= count;
    if (count === readSize) this.isBulk = true;
    const { bytes, start } = this.#context.calls;
    if (!this.#to.isEnding) this.#to.send(bytes, start, start + count);
    return count;
  }

  /**
   * Empties and fills the pipe in turn for as long as both sides keep up. While the destination has no room, the pipe
   * is filled once more, so much can be handed on at once later.
   *
   * Few calls and few look-ups: between two system calls that move a megabyte, JavaScript is seldom warm.
   *
   * @returns as `take`
   */
  #splice({ readEnd, writeEnd, size }: Pipe): number {
    const from = this.#source;
    // What waits to be sent goes before what comes through the pipe.
    this.#to.finishSend();
    let inPipe = this.#inPipe;
    let left = this.#left;
    let received = 0;
    let sent = 0;
    let found = -EAGAIN;
    for (let fills = 0; ; fills++) {
      const kept = this.#empty(readEnd, inPipe);
      sent += inPipe - kept;
      inPipe = kept;
      if (fills === maxFills || left === 0 || inPipe > size / 2 || !this.#canFill()) break;
      found = from.spliceInto(writeEnd, Math.min(maxSplice, left), inPipe === 0);
      if (found <= 0) break;
      inPipe += found;
      left -= found;
      received += found;
    }
    this.#inPipe = inPipe;
    this.#left = left;
    this.#count(received, sent);
    if (inPipe === 0 && (found <= 0 || left === 0)) this.#rest();
    if (found < 0 && found !== -EAGAIN) this.#fault = found;
    if (received > 0) return received;
    // The end is told after everything was handed over; the socket tells it again.
    return found === 0 && inPipe > 0 ? -EAGAIN : found;
  }

  /** @returns how many bytes the destination left in the pipe */
  #empty(readEnd: number, inPipe: number): number {
    const to = this.#to;
    let left = inPipe;
    while (left > 0 && to.canWrite) {
      const count = to.spliceFrom(readEnd, left);
      if (count >= 0) {
        left -= count;
      } else {
        to.failSending(-count);
        break;
      }
    }
    return left;
  }

  #canFill(): boolean {
    return this.#source.canRead && !this.#to.mustWait && !this.#to.isEnding;
  }

  #count(received: number, sent: number): void {
    this.#burst += received;
    if (received > 0) this.#source.noteReceived(received);
    if (sent > 0) this.#to.noteSent(sent);
  }

  /** All that arrived is handed on. */
  #rest(): void {
    this.isBulk = this.#burst >= readSize;
    this.#burst = 0;
    if (this.isBulk) this.#source.noteBurst();
    else this.#source.noteRead();
    this.#leavePipe();
  }

  #leavePipe(): void {
    if (this.#pipe === undefined) return;
    if (this.#inPipe === 0) this.#context.pipes.giveBack(this.#pipe);
    else this.#context.pipes.destroy(this.#pipe);
    this.#pipe = undefined;
    this.#inPipe = 0;
  }

  #moveToDestination(): void {
    const pipe = this.#pipe;
    const bytes = Buffer.allocUnsafeSlow(this.#inPipe);
    let at = 0;
    while (pipe !== undefined && at < bytes.length) {
      const count = this.#context.libc.read(pipe.readEnd, bytes.subarray(at), bytes.length - at);
      if (count <= 0) throw new Error(`a pipe lost ${bytes.length - at} bytes`);
      at += count;
    }
    this.#inPipe = 0;
    this.#to.keepFirst(bytes);
  }
}
