import type { Socket } from 'node:net';
import type { PortableContext } from '../shared/portable-context.ts';
import { largestStage } from '../shared/send-arena.ts';

const nothing = Buffer.alloc(0);

/** Whose bytes a {@link SocketSender} sends. */
export interface SenderOwner {
  /** Nothing of what was kept is left. */
  onFlushed(): void;
}

/** The sending half of one `net.Socket`: copies only where it must, and tells when what was kept is gone. */
export class SocketSender {
  /** True while bytes wait that the kernel did not take at once. */
  isFlushing = false;
  readonly #socket: Socket;
  readonly #context: PortableContext;
  readonly #owner: SenderOwner;

  constructor(socket: Socket, context: PortableContext, owner: SenderOwner) {
    this.#socket = socket;
    this.#context = context;
    this.#owner = owner;
  }

  /**
   * Sends a copy of bytes `start` to `end`. Hot path.
   *
   * @returns false where something was kept; `onFlushed` is called once nothing is
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

  #isFlushed(): boolean {
    if (this.#socket.writableLength === 0) return true;
    if (!this.isFlushing) this.#awaitFlush();
    return false;
  }

  /** Node says 'drain' only above its high-water mark; below it, an empty write behind the rest tells. */
  #awaitFlush(): void {
    this.isFlushing = true;
    if (this.#socket.writableNeedDrain) return;
    this.#socket.write(nothing, () => {
      this.checkFlushed();
    });
  }

  /** To be called on 'drain', which also comes for large writes that were taken at once. */
  checkFlushed(): void {
    if (!this.isFlushing || this.#socket.destroyed) return;
    if (this.#socket.writableLength > 0) {
      this.#awaitFlush();
      return;
    }
    this.isFlushing = false;
    this.#owner.onFlushed();
  }
}
