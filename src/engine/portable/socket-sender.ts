import type { Socket } from 'node:net';
import type { PortableContext } from './portable-context.ts';
import { largestStage } from './send-arena.ts';

const nothing = Buffer.alloc(0);

/** The sending half of one `net.Socket`: copies only where it must, and tells when what was kept is gone. */
export class SocketSender {
  /** True while bytes wait that the kernel did not take at once. */
  isFlushing = false;
  readonly #socket: Socket;
  readonly #context: PortableContext;
  readonly #whenFlushed: () => void;

  constructor(socket: Socket, context: PortableContext, whenFlushed: () => void) {
    this.#socket = socket;
    this.#context = context;
    this.#whenFlushed = whenFlushed;
    socket.on('drain', this.#onFlushed);
  }

  /**
   * Sends a copy of bytes `start` to `end`. Hot path.
   *
   * @returns false where something was kept; `whenFlushed` is called once nothing is
   */
  send(bytes: Buffer, start: number, end: number): boolean {
    const { arena } = this.#context;
    for (let at = start; at < end; at += largestStage) {
      this.#socket.write(arena.stage(bytes, at, Math.min(end, at + largestStage)));
      if (this.#socket.writableLength > 0) arena.retain();
    }
    return this.#isFlushed();
  }

  /** As {@link send}, of bytes that nobody changes meanwhile: a given chunk needs no copy. Hot path. */
  sendOn(bytes: Buffer, start: number, end: number): boolean {
    const { given } = this.#context;
    if (!given.is(bytes)) return this.send(bytes, start, end);
    this.#socket.write(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end));
    if (this.#isFlushed()) return true;
    given.keep();
    return false;
  }

  /**
   * Node also says 'end' where a reset follows the last bytes closely (libuv takes a short read on a hung-up
   * socket for FIN). An empty write tells the two apart: after a reset it fails, and the connection with it.
   * While bytes wait, or after this side's FIN, there is no telling, and it counts as FIN.
   *
   * @param whenEnded called if it was FIN, at once or on the next tick
   */
  unlessReset(whenEnded: () => void): void {
    if (!this.#socket.writable || this.isFlushing) {
      whenEnded();
      return;
    }
    this.#socket.write(nothing, (error) => {
      if (error === undefined || error === null) whenEnded();
    });
  }

  #isFlushed(): boolean {
    if (this.#socket.writableLength === 0) return true;
    if (!this.isFlushing) this.#awaitFlush();
    return false;
  }

  /** Node says 'drain' only above its high-water mark; below it, an empty write behind the rest tells. */
  #awaitFlush(): void {
    this.isFlushing = true;
    if (!this.#socket.writableNeedDrain) this.#socket.write(nothing, this.#onFlushed);
  }

  /** Also called for large writes that were taken at once, and with an error when the socket is destroyed. */
  readonly #onFlushed = (): void => {
    if (!this.isFlushing || this.#socket.destroyed) return;
    if (this.#socket.writableLength > 0) {
      this.#awaitFlush();
      return;
    }
    this.isFlushing = false;
    this.#whenFlushed();
  };
}
