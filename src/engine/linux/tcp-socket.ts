import type { LinuxContext } from './linux-context.ts';
import {
  EAGAIN,
  EPOLLERR,
  EPOLLET,
  EPOLLHUP,
  EPOLLIN,
  EPOLLOUT,
  EPOLLRDHUP,
  IPPROTO_TCP,
  MSG_NOSIGNAL,
  SHUT_WR,
  SOL_SOCKET,
  SO_ERROR,
  SO_LINGER,
  SPLICE_F_MOVE,
  SPLICE_F_NONBLOCK,
  TCP_QUICKACK,
} from './system-constants.ts';
import type { Watched } from './reactor.ts';

const one = Buffer.from([1, 0, 0, 0]);
/** `struct linger`: on, for 0 seconds. */
const atOnce = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
const spliceFlags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;

/** Beside EPOLLIN: there is something to find out by reading, even after a short read. */
const hangUps = EPOLLRDHUP | EPOLLHUP | EPOLLERR;

/**
 * One connected socket and what is known of its readiness. The kernel tells only changes (it is watched
 * edge-triggered), so readiness holds until a call finds its end: a short one, or EAGAIN.
 */
export class TcpSocket {
  canRead = false;
  canWrite = false;
  /** The system reported an error that nobody has asked for yet. */
  isBroken = false;
  #isHungUp = false;
  readonly descriptor: number;
  readonly #context: LinuxContext;
  readonly #quickAck: boolean;

  /** Owns the descriptor from now on. */
  constructor(context: LinuxContext, descriptor: number, quickAck: boolean) {
    this.#context = context;
    this.descriptor = descriptor;
    this.#quickAck = quickAck;
  }

  /** @throws Error of the system where it has no memory for it */
  watch(watched: Watched): void {
    const events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    this.#context.reactor.watch(this.descriptor, events, watched);
  }

  /** Another takes over from the one that `watch` was given. */
  handTo(watched: Watched): void {
    this.#context.reactor.handTo(this.descriptor, watched);
  }

  /** Takes note of what the kernel told. */
  note(events: number): void {
    if ((events & EPOLLOUT) !== 0) this.canWrite = true;
    if ((events & (EPOLLIN | hangUps)) !== 0) this.canRead = true;
    if ((events & hangUps) !== 0) this.#isHungUp = true;
    if ((events & EPOLLERR) !== 0) this.isBroken = true;
  }

  /** Reads into the shared buffer. @returns bytes, 0 at the end, or a negated error number. Hot path. */
  receive(length: number): number {
    const { libc, readBuffer } = this.#context;
    const count = libc.receive(this.descriptor, readBuffer, length, 0);
    if (count < 0) return this.#cannotRead(libc.errno());
    if (count < length) {
      if (!this.#isHungUp) this.canRead = false;
      this.acknowledge();
    }
    return count;
  }

  /**
   * Moves what arrived into a pipe. A pipe that holds bytes may be full before its size is reached, so EAGAIN
   * is the end of what arrived only where `isPipeEmpty`.
   *
   * @returns as `receive`. Hot path.
   */
  spliceInto(pipe: number, length: number, isPipeEmpty: boolean): number {
    const { libc } = this.#context;
    const count = libc.splice(this.descriptor, null, pipe, null, length, spliceFlags);
    if (count >= 0) return count;
    const errno = libc.errno();
    return errno === EAGAIN && !isPipeEmpty ? -EAGAIN : this.#cannotRead(errno);
  }

  /** @returns how many bytes the kernel took, 0 for none, or a negated error number. Hot path. */
  send(bytes: Buffer, start: number, end: number): number {
    const { libc } = this.#context;
    const from = start === 0 ? bytes : bytes.subarray(start, end);
    const count = libc.send(this.descriptor, from, end - start, MSG_NOSIGNAL);
    if (count < 0) return this.#cannotWrite(libc.errno());
    if (count < end - start) this.canWrite = false;
    return count;
  }

  /** Sends from a pipe. @returns as `send`. Hot path. */
  spliceFrom(pipe: number, length: number): number {
    const { libc } = this.#context;
    const count = libc.splice(pipe, null, this.descriptor, null, length, spliceFlags);
    return count < 0 ? this.#cannotWrite(libc.errno()) : count;
  }

  /** Acknowledges what was read, where that is wanted. The kernel forgets it soon, so ask again. Hot path. */
  acknowledge(): void {
    if (this.#quickAck) this.#context.libc.setOption(this.descriptor, IPPROTO_TCP, TCP_QUICKACK, one, 4);
  }

  /** @returns the number of the error that the system reported, 0 for none; it is told once */
  takeError(): number {
    const value = Buffer.alloc(4);
    const length = Buffer.from([4, 0, 0, 0]);
    this.isBroken = false;
    this.#context.libc.getOption(this.descriptor, SOL_SOCKET, SO_ERROR, value, length);
    return value.readInt32LE();
  }

  /** Sends FIN. */
  shutDown(): void {
    this.#context.libc.shutDown(this.descriptor, SHUT_WR);
  }

  /** Closes the descriptor: in order where both directions have ended. */
  close(): void {
    this.#context.closeDescriptor(this.descriptor);
  }

  /** Closes the descriptor with RST, whatever is unsent. */
  reset(): void {
    this.#context.libc.setOption(this.descriptor, SOL_SOCKET, SO_LINGER, atOnce, 8);
    this.close();
  }

  #cannotRead(errno: number): number {
    if (errno === EAGAIN) this.canRead = false;
    return -errno;
  }

  #cannotWrite(errno: number): number {
    if (errno !== EAGAIN) return -errno;
    this.canWrite = false;
    return 0;
  }
}
