import { KeptBytes } from './kept-bytes.ts';
import type { TcpSocket } from './tcp-socket.ts';

/** A relay to a sender. What it has in its pipe goes before all that the sender keeps. */
export interface Forerunner {
  readonly hasBytes: boolean;
  /** Sends what the kernel takes. @returns 0, or a negated error number */
  drain(): number;
  /** Nothing is left to send, so more may be read. */
  onFlushed(): void;
  onDestinationGone(): void;
}

/** The sending half of one connection: hands bytes to the kernel, and keeps those that it does not take. */
export class Sender {
  /** Undefined until there is a connection; everything is kept meanwhile. */
  socket: TcpSocket | undefined = undefined;
  forerunner: Forerunner | undefined = undefined;
  /** `end` was called: nothing more is taken. */
  isEnding = false;
  isFinSent = false;
  /** The other direction has ended: the owner closes the socket after this one, by which FIN goes out. */
  isLast = false;
  /** Why the kernel takes nothing any more; 0 while it does. */
  errno = 0;
  /** Undefined while there is nothing, which is most of the time. */
  #kept: KeptBytes | undefined = undefined;

  /** True while there is something that has to go before anything else can. Hot path. */
  get isBusy(): boolean {
    return (
      this.socket === undefined ||
      this.errno !== 0 ||
      this.#kept !== undefined ||
      this.forerunner?.hasBytes === true
    );
  }

  /** @returns false where something was kept. Hot path. */
  send(bytes: Buffer, start: number, end: number): boolean {
    const { socket } = this;
    if (this.errno !== 0) return false;
    if (socket === undefined || !socket.canWrite || this.isBusy) {
      this.#keep().add(bytes, start, end);
      return false;
    }
    const count = socket.send(bytes, start, end);
    if (count === end - start) return true;
    if (count < 0) this.errno = -count;
    else this.#keep().add(bytes, start + count, end);
    return false;
  }

  /** Keeps bytes, which are this object's from now on, before all that is kept. */
  keepFirst(bytes: Buffer): void {
    this.#keep().prepend(bytes);
  }

  /** FIN after everything that was taken. */
  end(): void {
    this.isEnding = true;
    if (!this.isBusy) this.#sendFin();
  }

  /** The kernel takes bytes again. @returns true once nothing is left, FIN included */
  flush(): boolean {
    const { socket, forerunner } = this;
    if (socket === undefined || this.errno !== 0) return false;
    if (forerunner?.hasBytes === true) this.#note(forerunner.drain());
    if (forerunner?.hasBytes !== true) this.#sendKept(socket);
    if (this.isBusy) return false;
    if (this.isEnding && !this.isFinSent) this.#sendFin();
    return true;
  }

  #keep(): KeptBytes {
    this.#kept ??= new KeptBytes();
    return this.#kept;
  }

  #sendKept(socket: TcpSocket): void {
    const kept = this.#kept;
    if (kept === undefined) return;
    this.#note(kept.sendTo(socket));
    if (kept.byteCount === 0) this.#kept = undefined;
  }

  #sendFin(): void {
    this.isFinSent = true;
    if (!this.isLast) this.socket?.shutDown();
  }

  #note(result: number): void {
    if (result < 0) this.errno = -result;
  }
}
