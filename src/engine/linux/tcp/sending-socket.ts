import { KeptBytes } from './kept-bytes.ts';
import { EPOLLIN, SIOCOUTQ } from '../kernel/system-constants.ts';
import { TcpSocket } from './tcp-socket.ts';

/** A relay to a socket. What it has in its pipe goes before all that the socket keeps. */
export interface Forerunner {
  readonly hasBytes: boolean;
  readonly byteCount: number;
  /** Sends what the kernel takes, and what comes behind it. */
  pump(): void;
  /** Nothing is left to send, so more may be read. */
  onFlushed(): void;
  onDestinationGone(): void;
}

/** A socket that keeps what the kernel does not take. */
export abstract class SendingSocket extends TcpSocket {
  bytesWritten = 0;
  forerunner: Forerunner | undefined = undefined;
  /** `endSending` was called: nothing more is taken. */
  isEnding = false;
  isFinSent = false;
  /** The other direction has ended: the owner closes the socket after this one, which sends FIN. */
  protected isLast = false;
  /** Why the kernel takes nothing any more; 0 while it does. */
  protected sendErrno = 0;
  /** Not acknowledged when the connection broke. */
  #lostBytes = 0;
  /** Undefined while there is nothing, which is most of the time. */
  #kept: KeptBytes | undefined = undefined;

  /** True while something has to go before anything else can. Hot path. */
  get isBusy(): boolean {
    return this.mustWait || this.forerunner?.hasBytes === true;
  }

  /** True while not even what comes through a pipe may follow. Hot path. */
  get mustWait(): boolean {
    return this.#kept !== undefined || this.sendErrno !== 0 || this.descriptor < 0;
  }

  get unacknowledgedBytes(): number {
    const waiting = (this.#kept?.byteCount ?? 0) + (this.forerunner?.byteCount ?? 0);
    if (this.descriptor < 0) return waiting + this.#lostBytes;
    const taken = this.count(SIOCOUTQ);
    // The system counts FIN as a byte.
    return waiting + (this.isFinSent && taken > 0 ? taken - 1 : taken);
  }

  /** The connection is broken: what was not acknowledged until now never will be. */
  protected noteLost(): void {
    this.#lostBytes = this.unacknowledgedBytes - (this.#kept?.byteCount ?? 0);
  }

  /** Sends, or keeps, bytes `start` to `end`. @returns false where something was kept. Hot path. */
  send(bytes: Buffer, start: number, end: number): boolean {
    this.noteSent(end - start);
    this.finishSend();
    if (this.sendErrno !== 0) return false;
    if (this.isBusy || !this.canWrite) {
      this.#keep().add(bytes, start, end);
      return false;
    }
    if (this.sendSoon(bytes, start, end)) return true;
    const count = this.sendNow(bytes, start, end);
    if (count === end - start) return true;
    if (count < 0) this.failSending(-count);
    else this.#keep().add(bytes, start + count, end);
    return false;
  }

  onSent(count: number, bytes: Buffer, start: number, end: number): void {
    const sent = this.noteSend(count, end - start);
    if (sent < 0) this.failSending(-sent);
    else if (start + sent < end) this.#keep().add(bytes, start + sent, end);
  }

  /** Counts bytes that were accepted for sending. Hot path. */
  noteSent(count: number): void {
    this.bytesWritten += count;
    this.noteActive();
  }

  /** Keeps bytes before all that is kept, and owns them from now on. */
  keepFirst(bytes: Buffer): void {
    this.noteSent(bytes.length);
    this.#keep().prepend(bytes);
  }

  /**
   * The kernel takes nothing any more: the owner breaks the connection on a turn of its own. What had arrived before
   * can still be read.
   */
  failSending(errno: number): void {
    this.sendErrno = errno;
    this.note(EPOLLIN);
    this.wake();
  }

  /** FIN after everything that was taken. */
  protected endSending(): void {
    this.isEnding = true;
    this.finishSend();
    if (!this.isBusy) this.#sendFin();
  }

  /** The kernel takes bytes again. @returns whether all that was left is gone now, FIN included. Hot path. */
  protected flush(): boolean {
    const { forerunner } = this;
    const isFinDue = this.isEnding && !this.isFinSent;
    if (!isFinDue && this.#kept === undefined && forerunner?.hasBytes !== true) return false;
    if (forerunner?.hasBytes === true) forerunner.pump();
    if (forerunner?.hasBytes !== true) this.#sendKept();
    if (this.isBusy) return false;
    if (isFinDue) this.#sendFin();
    return true;
  }

  /** Has a turn soon. */
  protected abstract wake(): void;

  #keep(): KeptBytes {
    this.#kept ??= new KeptBytes();
    return this.#kept;
  }

  #sendKept(): void {
    const kept = this.#kept;
    if (kept === undefined) return;
    const result = kept.sendTo(this);
    this.noteActive();
    if (result < 0) this.failSending(-result);
    if (kept.byteCount === 0) this.#kept = undefined;
  }

  #sendFin(): void {
    this.isFinSent = true;
    if (!this.isLast) this.shutDownSending();
  }
}
