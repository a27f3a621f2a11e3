import type { ConnectOptions } from '../../engine.ts';
import { ConnectionAddresses } from './connection-addresses.ts';
import type { LinuxContext } from '../shared/linux-context.ts';
import { readCount, resetAtClose, takeError } from '../kernel/open-socket.ts';
import {
  EPOLLERR,
  EPOLLET,
  EPOLLHUP,
  EPOLLIN,
  EPOLLOUT,
  EPOLLPRI,
  EPOLLRDHUP,
} from '../kernel/system-constants.ts';

/** What TCP sockets are watched for. */
export const socketEvents = EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLRDHUP | EPOLLET;
const hangUps = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
/**
 * Both or none: the kernel reports both, whichever arrived. Watching for one of them wakes the thread each time, even
 * if there is nothing to tell.
 */
const arrivals = EPOLLIN | EPOLLPRI;

/** Whether bytes arrived, and nothing else that concerns reading happened. Hot path. */
export function isPlainArrival(events: number): boolean {
  return (events & (arrivals | hangUps)) === EPOLLIN;
}

/**
 * The socket of one connection and what is known of its readiness. The kernel tells only changes (it is watched
 * edge-triggered), so readiness holds until a call finds its end: a short one, or EAGAIN.
 *
 * With what is built on it, it is one object for each connection: there are many, and each further object is memory
 * that every event has to fetch.
 */
export abstract class ReadySocket extends ConnectionAddresses {
  /** -1 while it is not open. Owned. */
  descriptor = -1;
  protected readonly context: LinuxContext;
  /**
   * What holds, in the words of epoll. EPOLLIN: there may be something to read. EPOLLOUT: there may be room to
   * write. EPOLLRDHUP: the other side's FIN, or worse, has arrived. EPOLLERR: an error that nobody has asked
   * for. EPOLLPRI: urgent data arrived at some time.
   */
  #ready = 0;
  /** What epoll was told not to tell: `arrivals`, EPOLLOUT, both or none. */
  #unheard = 0;

  /** @param target as for `ConnectionAddresses` */
  constructor(context: LinuxContext, target: ConnectOptions | undefined) {
    super(context.libc, target);
    this.context = context;
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
   * Urgent data arrived at some time (TCP's URG, MSG_OOB). A read stops short before such a byte, and splice does not
   * get past it. So on this connection a short read says nothing, and all is read by copies, to the end. The kernel
   * drops the urgent byte itself, as it does for HAProxy, nginx and libuv, which read no out-of-band data either.
   */
  get hasUrgent(): boolean {
    return (this.#ready & EPOLLPRI) !== 0;
  }

  /** FIN has arrived, and no read stops short before it. */
  protected get isFinNext(): boolean {
    return (this.#ready & (EPOLLRDHUP | EPOLLPRI | EPOLLERR)) === EPOLLRDHUP;
  }

  /** The other side's FIN, or worse, has arrived. */
  protected get isHungUp(): boolean {
    return (this.#ready & EPOLLRDHUP) !== 0;
  }

  /** Takes a connected socket that is watched for `socketEvents`, and owns it from now on. */
  protected take(descriptor: number): void {
    this.descriptor = descriptor;
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

  /** A read has found the end of what arrived so far. */
  protected foundNoMore(): void {
    this.#ready &= ~EPOLLIN;
    if ((this.#unheard & EPOLLIN) !== 0) this.#hear(0);
  }

  /** A write has found the end of the room. */
  protected foundNoRoom(): void {
    this.#ready &= ~EPOLLOUT;
    if ((this.#unheard & EPOLLOUT) !== 0) this.#hear(this.#unheard & arrivals);
  }

  /** @returns the number of the error that the system reported, 0 for none; it is told once */
  protected takeError(): number {
    this.#ready &= ~EPOLLERR;
    return takeError(this.context.libc, this.descriptor);
  }

  /** @param request of `ioctl`, for a number of bytes */
  protected count(request: number): number {
    return this.descriptor < 0 ? 0 : readCount(this.context.libc, this.descriptor, request);
  }

  /** Closes the descriptor: in order where both directions have ended, else with RST, whatever is unsent. */
  protected leave(isInOrder: boolean): void {
    const { descriptor } = this;
    if (descriptor < 0) return;
    this.descriptor = -1;
    this.#ready = 0;
    if (!isInOrder) resetAtClose(this.context.libc, descriptor);
    this.context.closeDescriptor(descriptor);
  }

  /** Changes what epoll tells: all except `unheard`, and except room that is known already. */
  #hear(unheard: number): void {
    this.#unheard = unheard | (this.#ready & EPOLLOUT);
    this.context.reactor.rewatch(this.descriptor, socketEvents & ~this.#unheard);
  }
}
