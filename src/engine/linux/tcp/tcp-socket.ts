import { AckingSocket } from './acking-socket.ts';
import { setNoDelay } from '../kernel/open-socket.ts';
import type { ReadAhead } from '../loop/read-ahead.ts';
import type { Reader, Sender } from '../loop/call-batch.ts';
import { EAGAIN, FIONREAD, SHUT_WR, SPLICE_F_MOVE, SPLICE_F_NONBLOCK } from '../kernel/system-constants.ts';

const spliceFlags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;
/** The payload that goes into one packet anywhere, in bytes: the default of RFC 9293, section 3.7.1. */
const smallestPacket = 536;

/** What was sent without TCP_NODELAY so far; or it is set. */
const sentNothing = 0;
const sentOnePacket = 1;
const hasNoDelay = 2;

/** The system calls of one connection's socket, alone and in batches. */
export abstract class TcpSocket extends AckingSocket implements Reader, Sender {
  #isAtEnd = false;
  #noDelay = sentNothing;
  #ahead: ReadAhead | undefined = undefined;
  /** A send waits in the batch. */
  #isSending = false;

  /** Something was received that is not handed on yet. */
  get hasReadAhead(): boolean {
    return this.#ahead !== undefined;
  }

  /** Something is there to be received, or was received and is not handed on yet. Hot path. */
  protected get hasMore(): boolean {
    if (this.#ahead !== undefined && this.#ahead.count !== -EAGAIN) return true;
    return this.context.calls.hasArrivals(this.descriptor);
  }

  /** Something has arrived that was not handed on. FIN and a reset do not count. */
  protected get hasUnread(): boolean {
    return this.hasReadAhead || (this.canRead && this.count(FIONREAD) > 0);
  }

  /** @param isNoDelay whether TCP_NODELAY is set already */
  protected open(descriptor: number, isNoDelay: boolean): void {
    this.take(descriptor);
    this.#noDelay = isNoDelay ? hasNoDelay : sentNothing;
  }

  /** Receives with the others of the batch what `receive` hands on. Hot path. */
  protected receiveSoon(length: number): void {
    if (!this.#isAtEnd && this.#ahead === undefined) this.context.calls.batch.addReceive(this, length);
  }

  onReceived(ahead: ReadAhead): void {
    this.#ahead = ahead;
  }

  onBatchEnd(ahead: ReadAhead): void {
    if (this.#ahead !== ahead) return;
    // What had not arrived then may have by now.
    this.#ahead = ahead.count === -EAGAIN ? undefined : ahead.outlasting(this.context.calls.bytes);
  }

  /**
   * Receives what `calls.start` says where to find, or hands on what was received with others.
   *
   * @returns bytes, 0 at the end, or a negated error number. Hot path.
   */
  receive(length: number): number {
    if (this.#isAtEnd) return 0;
    if (this.#ahead !== undefined) return this.#takeAhead(this.#ahead, length);
    return this.#noteReceipt(this.context.calls.receive(this.descriptor, length), length);
  }

  /**
   * Moves what arrived into a pipe. A pipe that holds bytes may be full before its size is reached, so EAGAIN
   * is the end of what arrived only where `isPipeEmpty`.
   *
   * @returns as `receive`. Hot path.
   */
  spliceInto(pipe: number, length: number, isPipeEmpty: boolean): number {
    const { libc } = this.context;
    const count = libc.splice(this.descriptor, null, pipe, null, length, spliceFlags);
    if (count >= 0) return count;
    const errno = libc.errno();
    return errno === EAGAIN && !isPipeEmpty ? -EAGAIN : this.#cannotRead(errno);
  }

  /** Sends with the others of the batch. @returns false where nothing happened: there is none. Hot path. */
  protected sendSoon(bytes: Buffer, start: number, end: number): boolean {
    if (!this.context.calls.batch.addSend(this, bytes, start, end)) return false;
    if (this.#noDelay !== hasNoDelay) this.#needNoDelay(end - start);
    this.#isSending = true;
    return true;
  }

  /** Makes the send that waits in the batch, if there is one: something is to follow it. Hot path. */
  finishSend(): void {
    if (this.#isSending) this.context.calls.batch.flush();
  }

  abstract onSent(count: number, bytes: Buffer, start: number, end: number): void;

  /** @returns how many bytes the kernel took, 0 for none, or a negated error number. Hot path. */
  sendNow(bytes: Buffer, start: number, end: number): number {
    if (this.#noDelay !== hasNoDelay) this.#needNoDelay(end - start);
    return this.noteSend(this.context.calls.send(this.descriptor, bytes, start, end), end - start);
  }

  /** Takes note of what a send has returned. @returns as `sendNow`. Hot path. */
  protected noteSend(count: number, length: number): number {
    this.#isSending = false;
    if (count < 0) return this.#cannotWrite(-count);
    if (count < length) this.foundNoRoom();
    this.noteAnswer();
    return count;
  }

  /** Sends from a pipe. @returns as `sendNow`. Hot path. */
  spliceFrom(pipe: number, length: number): number {
    const { libc } = this.context;
    if (this.#noDelay !== hasNoDelay) this.#needNoDelay(length);
    const count = libc.splice(pipe, null, this.descriptor, null, length, spliceFlags);
    if (count < 0) return this.#cannotWrite(libc.errno());
    this.noteAnswer();
    return count;
  }

  /** Sends FIN. */
  protected shutDownSending(): void {
    this.context.libc.shutDown(this.descriptor, SHUT_WR);
  }

  protected override leave(isInOrder: boolean): void {
    this.finishSend();
    this.#ahead = undefined;
    super.leave(isInOrder);
  }

  /** Of what was received with others, as much as is wanted. Hot path. */
  #takeAhead(ahead: ReadAhead, wanted: number): number {
    const { count, length } = ahead;
    const isRest = count <= wanted;
    this.context.calls.show(ahead, isRest ? count : wanted);
    if (isRest) {
      this.#ahead = undefined;
      return this.#noteReceipt(count, length);
    }
    ahead.skip(wanted);
    this.noteReceived(wanted);
    return wanted;
  }

  /** Hot path. */
  #noteReceipt(count: number, length: number): number {
    if (count < 0) return this.#cannotRead(-count);
    if (count < length) {
      // FIN was there already when this read found no more: the next one would find the end.
      this.#isAtEnd = this.isFinNext;
      if (!this.isHungUp && !this.hasUrgent) this.foundNoMore();
    }
    if (count > 0) {
      this.noteRead();
      this.noteReceived(count);
    }
    return count;
  }

  /** One packet goes out at once if it is the first; often there is no other, and this call is spared. */
  #needNoDelay(length: number): void {
    this.#noDelay = this.#noDelay === sentNothing && length <= smallestPacket ? sentOnePacket : hasNoDelay;
    if (this.#noDelay === hasNoDelay) setNoDelay(this.context.libc, this.descriptor);
  }

  #cannotRead(errno: number): number {
    if (errno === EAGAIN) this.foundNoMore();
    return -errno;
  }

  #cannotWrite(errno: number): number {
    if (errno !== EAGAIN) return -errno;
    this.foundNoRoom();
    return 0;
  }
}
