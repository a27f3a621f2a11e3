import type { ConnectOptions } from '../engine.ts';
import {
  afterBurst,
  afterRead,
  afterRound,
  afterSend,
  isAckNow,
  isDue,
  isToBeScheduled,
  newAckHabit,
  noAckHabit,
  onSchedule,
  type AckHabit,
} from './ack-habit.ts';
import type { Owing } from './ack-schedule.ts';
import { ConnectionAddresses } from './connection-addresses.ts';
import type { LinuxContext } from './linux-context.ts';
import { setNoDelay, takeError } from './open-socket.ts';
import {
  EAGAIN,
  EPOLLERR,
  EPOLLET,
  EPOLLHUP,
  EPOLLIN,
  EPOLLOUT,
  EPOLLPRI,
  EPOLLRDHUP,
  IPPROTO_TCP,
  MSG_NOSIGNAL,
  SHUT_WR,
  SOL_SOCKET,
  SO_LINGER,
  SPLICE_F_MOVE,
  SPLICE_F_NONBLOCK,
  TCP_QUICKACK,
} from './system-constants.ts';

const one = Buffer.from([1, 0, 0, 0]);
/** `struct linger`: on, for 0 seconds. */
const atOnce = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
const spliceFlags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;
/** The payload that goes into one packet anywhere, in bytes: the default of RFC 9293, section 3.7.1. */
const smallestPacket = 536;

/** What TCP sockets are watched for. */
export const socketEvents = EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLRDHUP | EPOLLET;
const hangUps = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
/**
 * Both or none: the kernel says that data or urgent data arrived, whichever it was. Watching for one of them wakes the
 * thread each time, if only to find that there is nothing to tell.
 */
const arrivals = EPOLLIN | EPOLLPRI;

/** What was sent without TCP_NODELAY so far; or it is set. */
const sentNothing = 0;
const sentOnePacket = 1;
const hasNoDelay = 2;

/**
 * The socket of one connection and what is known of its readiness. The kernel tells only changes (it is watched
 * edge-triggered), so readiness holds until a call finds its end: a short one, or EAGAIN.
 *
 * With what is built on it, it is one object for each connection: of those there are many, and each object more is
 * memory that every event has to fetch.
 */
export abstract class TcpSocket extends ConnectionAddresses implements Owing {
  /** -1 while it is not open. Owned. */
  descriptor = -1;
  bytesRead = 0;
  lastActiveMs: number;
  readonly #context: LinuxContext;
  /**
   * What holds, in the words of epoll. EPOLLIN: there may be something to read. EPOLLOUT: there may be room to
   * write. EPOLLRDHUP: the other side's FIN, or worse, has arrived. EPOLLERR: an error that nobody has asked
   * for. EPOLLPRI: urgent bytes arrived, at which a read stops short.
   */
  #ready = 0;
  /** What epoll was told not to tell: `arrivals`, EPOLLOUT, both or none. */
  #unheard = 0;
  #isAtEnd = false;
  #noDelay = sentNothing;
  #acks: AckHabit;

  /** @param target as for `ConnectionAddresses` */
  constructor(context: LinuxContext, target: ConnectOptions | undefined, quickAck: boolean) {
    super(context.libc, target);
    this.#context = context;
    this.lastActiveMs = context.nowMs();
    this.#acks = quickAck ? newAckHabit : noAckHabit;
  }

  get canRead(): boolean {
    return (this.#ready & EPOLLIN) !== 0;
  }

  get canWrite(): boolean {
    return (this.#ready & EPOLLOUT) !== 0;
  }

  /** The system reported an error that nobody has asked for yet. */
  get isBroken(): boolean {
    return (this.#ready & EPOLLERR) !== 0;
  }

  /**
   * Takes a connected socket that is watched for `socketEvents`, and owns it from now on.
   *
   * @param isNoDelay whether TCP_NODELAY is set already
   */
  protected take(descriptor: number, isNoDelay: boolean): void {
    this.descriptor = descriptor;
    this.#noDelay = isNoDelay ? hasNoDelay : sentNothing;
    // A new connection has room for what is sent first.
    this.#ready = EPOLLOUT;
  }

  /** Takes note of what the kernel told. Hot path. */
  protected note(events: number): void {
    // There is something to find out by reading, even after a short read.
    this.#ready |= (events & hangUps) === 0 ? events : events | EPOLLIN | EPOLLRDHUP;
  }

  /** There is something to read that nobody reads now: what else arrives is not told until that has changed. */
  mute(): void {
    if ((this.#unheard & EPOLLIN) === 0) this.#hear(arrivals);
  }

  /** Reads into the shared buffer. @returns bytes, 0 at the end, or a negated error number. Hot path. */
  receive(length: number): number {
    if (this.#isAtEnd) return 0;
    const { libc, readAddress } = this.#context;
    const count = libc.receive(this.descriptor, readAddress, length, 0);
    if (count < 0) return this.#cannotRead(libc.errno());
    if (count < length) {
      // FIN was there already when this read found no more: the next one would find the end.
      this.#isAtEnd = (this.#ready & (EPOLLRDHUP | EPOLLPRI | EPOLLERR)) === EPOLLRDHUP;
      if ((this.#ready & EPOLLRDHUP) === 0) this.#foundNoMore();
    }
    if (count > 0) {
      this.noteRead();
      this.noteReceived(count);
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
  sendNow(bytes: Buffer, start: number, end: number): number {
    const { libc, readBuffer, readAddress } = this.#context;
    const length = end - start;
    if (this.#noDelay !== hasNoDelay) this.#needNoDelay(length);
    const count =
      bytes === readBuffer
        ? libc.sendFrom(this.descriptor, readAddress + start, length, MSG_NOSIGNAL)
        : libc.send(this.descriptor, start === 0 ? bytes : bytes.subarray(start, end), length, MSG_NOSIGNAL);
    if (count < 0) return this.#cannotWrite(libc.errno());
    if (count < length) this.#foundNoRoom();
    this.#acks = afterSend(this.#acks);
    return count;
  }

  /** Sends from a pipe. @returns as `sendNow`. Hot path. */
  spliceFrom(pipe: number, length: number): number {
    const { libc } = this.#context;
    if (this.#noDelay !== hasNoDelay) this.#needNoDelay(length);
    const count = libc.splice(pipe, null, this.descriptor, null, length, spliceFlags);
    if (count < 0) return this.#cannotWrite(libc.errno());
    this.#acks = afterSend(this.#acks);
    return count;
  }

  /** Counts bytes that were received. Hot path. */
  noteReceived(count: number): void {
    this.bytesRead += count;
    this.noteActive();
  }

  /** A byte has moved. Hot path. */
  protected noteActive(): void {
    this.lastActiveMs = this.#context.nowMs();
  }

  /** All that arrived was read, and is not counted yet. Hot path. */
  noteRead(): void {
    const acks = afterRead(this.#acks, this.#context.nowMs() - this.lastActiveMs);
    this.#acks = acks;
    if (isAckNow(acks)) {
      this.#acknowledge();
    } else if (isToBeScheduled(acks)) {
      this.#acks = onSchedule(acks);
      this.#context.acks.add(this);
    }
  }

  /** All that arrived went through a pipe, in bulk. */
  noteBurst(): void {
    this.#acks = afterBurst(this.#acks);
    if (isAckNow(this.#acks)) this.#acknowledge();
  }

  settle(): boolean {
    if (isDue(this.#acks) && this.descriptor >= 0) this.#acknowledge();
    this.#acks = afterRound(this.#acks);
    return this.descriptor < 0 || !isDue(this.#acks);
  }

  /** @returns the number of the error that the system reported, 0 for none; it is told once */
  protected takeError(): number {
    this.#ready &= ~EPOLLERR;
    return takeError(this.#context.libc, this.descriptor);
  }

  /** Sends FIN. */
  protected shutDownSending(): void {
    this.#context.libc.shutDown(this.descriptor, SHUT_WR);
  }

  /** Closes the descriptor: in order where both directions have ended, else with RST, whatever is unsent. */
  protected leave(isInOrder: boolean): void {
    const { descriptor } = this;
    if (descriptor < 0) return;
    this.descriptor = -1;
    this.#ready = 0;
    if (!isInOrder) this.#context.libc.setOption(descriptor, SOL_SOCKET, SO_LINGER, atOnce, 8);
    this.#context.closeDescriptor(descriptor);
  }

  /** The kernel forgets the option soon, so it is set each time. */
  #acknowledge(): void {
    this.#context.libc.setOption(this.descriptor, IPPROTO_TCP, TCP_QUICKACK, one, 4);
  }

  /** One packet goes out at once if it is the first; often there is no other, and this call is spared. */
  #needNoDelay(length: number): void {
    this.#noDelay = this.#noDelay === sentNothing && length <= smallestPacket ? sentOnePacket : hasNoDelay;
    if (this.#noDelay === hasNoDelay) setNoDelay(this.#context.libc, this.descriptor);
  }

  #cannotRead(errno: number): number {
    if (errno === EAGAIN) this.#foundNoMore();
    return -errno;
  }

  #cannotWrite(errno: number): number {
    if (errno !== EAGAIN) return -errno;
    this.#foundNoRoom();
    return 0;
  }

  #foundNoMore(): void {
    this.#ready &= ~EPOLLIN;
    if ((this.#unheard & EPOLLIN) !== 0) this.#hear(0);
  }

  #foundNoRoom(): void {
    this.#ready &= ~EPOLLOUT;
    if ((this.#unheard & EPOLLOUT) !== 0) this.#hear(this.#unheard & arrivals);
  }

  /** Changes what epoll tells: all but `unheard`, and that there is room where that is known already. */
  #hear(unheard: number): void {
    this.#unheard = unheard | (this.#ready & EPOLLOUT);
    this.#context.reactor.rewatch(this.descriptor, socketEvents & ~this.#unheard);
  }
}
