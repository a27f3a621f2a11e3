import type { Owing } from './ack-schedule.ts';
import type { LinuxContext } from './linux-context.ts';
import { setNoDelay } from './open-socket.ts';
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
/** Acknowledgements in a row that the answer could have carried; then the next ones wait for it again. */
const maxNeedlessAcks = 16;
/** The payload that goes into one packet anywhere, in bytes: the default of RFC 9293, section 3.7.1. */
const smallestPacket = 536;

const allEvents = EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLRDHUP | EPOLLET;
const hangUps = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
/**
 * Both or none: the kernel says that data or urgent data arrived, whichever it was. Watching for one of them wakes the
 * thread each time, if only to find that there is nothing to tell.
 */
const arrivals = EPOLLIN | EPOLLPRI;

/**
 * One connected socket and what is known of its readiness. The kernel tells only changes (it is watched
 * edge-triggered), so readiness holds until a call finds its end: a short one, or EAGAIN.
 */
export class TcpSocket implements Owing {
  readonly descriptor: number;
  readonly #context: LinuxContext;
  readonly #quickAck: boolean;
  /**
   * What holds, in the words of epoll. EPOLLIN: there may be something to read. EPOLLOUT: there may be room to
   * write. EPOLLRDHUP: the other side's FIN, or worse, has arrived. EPOLLERR: an error that nobody has asked
   * for. EPOLLPRI: urgent bytes arrived, at which a read stops short.
   */
  #ready = 0;
  /** What epoll was told not to tell: `arrivals`, EPOLLOUT, both or none. */
  #unheard = 0;
  #isAtEnd = false;
  /** `set`, or how much was sent without TCP_NODELAY. */
  #noDelay: 'nothing' | 'one packet' | 'set';
  /** Of what was read since the last send: `owed`, then perhaps `given` by a packet of its own. */
  #ack: 'none' | 'owed' | 'due' | 'given' = 'none';
  /** The other side has shown that it waits for acknowledgements. */
  #waitsForAcks = false;
  #needlessAcks = 0;
  #isOnSchedule = false;

  /**
   * Owns the descriptor from now on.
   *
   * @param hasNoDelay whether TCP_NODELAY is set already
   */
  constructor(context: LinuxContext, descriptor: number, quickAck: boolean, hasNoDelay: boolean) {
    this.#noDelay = hasNoDelay ? 'set' : 'nothing';
    this.#context = context;
    this.descriptor = descriptor;
    this.#quickAck = quickAck;
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

  /** @throws Error of the system where it has no memory for it */
  watch(watched: Watched): void {
    this.#context.reactor.watch(this.descriptor, allEvents, watched);
  }

  /** There is something to read that nobody reads now: what else arrives is not told until that has changed. */
  mute(): void {
    if ((this.#unheard & EPOLLIN) === 0) this.#hear(arrivals);
  }

  /** Another takes over from the one that `watch` was given. */
  handTo(watched: Watched): void {
    this.#context.reactor.handTo(this.descriptor, watched);
  }

  /** Takes note of what the kernel told. @returns whether there was something to read before. Hot path. */
  note(events: number): boolean {
    const couldRead = this.canRead;
    // There is something to find out by reading, even after a short read.
    this.#ready |= (events & hangUps) === 0 ? events : events | EPOLLIN | EPOLLRDHUP;
    return couldRead;
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
    if (count > 0) this.noteRead();
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
    const { libc, readBuffer, readAddress } = this.#context;
    if (this.#noDelay !== 'set') this.#needNoDelay(end - start);
    const count =
      bytes === readBuffer
        ? libc.sendFrom(this.descriptor, readAddress + start, end - start, MSG_NOSIGNAL)
        : libc.send(
            this.descriptor,
            start === 0 ? bytes : bytes.subarray(start, end),
            end - start,
            MSG_NOSIGNAL,
          );
    if (count < 0) return this.#cannotWrite(libc.errno());
    if (count < end - start) this.#foundNoRoom();
    this.#noteSent();
    return count;
  }

  /** Sends from a pipe. @returns as `send`. Hot path. */
  spliceFrom(pipe: number, length: number): number {
    const { libc } = this.#context;
    if (this.#noDelay !== 'set') this.#needNoDelay(length);
    const count = libc.splice(pipe, null, this.descriptor, null, length, spliceFlags);
    if (count < 0) return this.#cannotWrite(libc.errno());
    this.#noteSent();
    return count;
  }

  /**
   * All that arrived was read. Acknowledges it at once where the other side has shown that it waits for that:
   * more came after an acknowledgement, with nothing sent in between. Else an answer has some milliseconds
   * to carry it. Hot path.
   */
  noteRead(): void {
    if (!this.#quickAck) return;
    if (this.#ack === 'given') {
      this.#waitsForAcks = true;
      this.#needlessAcks = 0;
    }
    if (this.#waitsForAcks) {
      this.#acknowledge();
      return;
    }
    this.#ack = 'owed';
    if (this.#isOnSchedule) return;
    this.#isOnSchedule = true;
    this.#context.acks.add(this);
  }

  settle(): boolean {
    if (this.#ack === 'owed') {
      this.#ack = 'due';
      return false;
    }
    if (this.#ack === 'due') this.#acknowledge();
    this.#isOnSchedule = false;
    return true;
  }

  /** @returns the number of the error that the system reported, 0 for none; it is told once */
  takeError(): number {
    const value = Buffer.alloc(4);
    const length = Buffer.from([4, 0, 0, 0]);
    this.#ready &= ~EPOLLERR;
    this.#context.libc.getOption(this.descriptor, SOL_SOCKET, SO_ERROR, value, length);
    return value.readInt32LE();
  }

  /** Sends FIN. */
  shutDown(): void {
    this.#context.libc.shutDown(this.descriptor, SHUT_WR);
  }

  /** Closes the descriptor: in order where both directions have ended. */
  close(): void {
    this.#ack = 'none';
    this.#context.closeDescriptor(this.descriptor);
  }

  /** Closes the descriptor with RST, whatever is unsent. */
  reset(): void {
    this.#context.libc.setOption(this.descriptor, SOL_SOCKET, SO_LINGER, atOnce, 8);
    this.close();
  }

  /** The kernel forgets the option soon, so it is set each time. */
  #acknowledge(): void {
    this.#ack = 'given';
    this.#context.libc.setOption(this.descriptor, IPPROTO_TCP, TCP_QUICKACK, one, 4);
  }

  /** One packet goes out at once if it is the first; often there is no other, and this call is spared. */
  #needNoDelay(length: number): void {
    this.#noDelay = this.#noDelay === 'nothing' && length <= smallestPacket ? 'one packet' : 'set';
    if (this.#noDelay === 'set') setNoDelay(this.#context.libc, this.descriptor);
  }

  /** What was sent carried the acknowledgement. Hot path. */
  #noteSent(): void {
    if (this.#ack === 'given' && this.#waitsForAcks && ++this.#needlessAcks > maxNeedlessAcks)
      this.#waitsForAcks = false;
    this.#ack = 'none';
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
    this.#context.reactor.rewatch(this.descriptor, allEvents & ~this.#unheard);
  }
}
