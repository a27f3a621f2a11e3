import { handlerFault } from '../system-errors.ts';
import type { SluiceError } from '../../errors.ts';
import type { Libc, PollHandle } from './libc.ts';
import { dataWord, eventWords, writeEvent } from './epoll-event.ts';
import { CLOEXEC, EPOLL_CTL_ADD, EPOLL_CTL_MOD } from './system-constants.ts';
import { systemError } from './system-error.ts';

/** Something to be done in the reactor's next turn, or later in this one. */
export interface Task {
  run(): void;
  /** `run` threw, which is a fault of this engine. */
  fail(fault: SluiceError): void;
}

/** Runs tasks outside of any call of an owner. */
export interface TaskQueue {
  /** Whoever asks takes care to ask once. */
  defer(task: Task): void;
}

/** Has a descriptor that is watched. */
export interface Watched {
  /** @param events EPOLLIN and so on; some may be gone again by now */
  onReady(events: number): void;
  /** `onReady` threw, which is a fault of this engine. */
  fail(fault: SluiceError): void;
}

const maxEvents = 256;
/** Tasks that make tasks go on in the same turn so often; then the event loop has its turn. */
const maxRounds = 8;

/**
 * Finds out which descriptors are ready, on the event loop of its own thread: libuv watches the descriptor of
 * an epoll set, which holds all others.
 *
 * Nothing is done inside libuv's callback, where Node runs neither ticks nor microtasks and where an exception
 * would vanish: it only asks for a turn by `setImmediate`, in the same round of the loop. All handlers are
 * called from such turns, never from inside a call of an owner.
 */
export class Reactor implements TaskQueue {
  readonly #libc: Libc;
  readonly #epoll: number;
  readonly #poll: PollHandle;
  readonly #events = Buffer.allocUnsafeSlow(maxEvents * eventWords * 4);
  readonly #words = new Uint32Array(this.#events.buffer, 0, maxEvents * eventWords);
  readonly #control = Buffer.alloc(eventWords * 4);
  /** By descriptor. */
  readonly #watched: (Watched | undefined)[] = [];
  /** By descriptor: tells an event for what is watched now from one that was meant for its forerunner. */
  readonly #tickets: number[] = [];
  #lastTicket = 0;
  #watchedCount = 0;
  #tasks: Task[] = [];
  #roundTasks: Task[] = [];
  #isInTurn = false;
  #isTurnDue = false;
  #isClosed = false;

  /** @throws Error of the system where there is no descriptor left */
  constructor(libc: Libc) {
    this.#libc = libc;
    this.#epoll = libc.epollCreate(CLOEXEC);
    if (this.#epoll < 0) throw systemError('epoll_create1', libc.errno());
    this.#poll = libc.koffi.node.poll(this.#epoll, () => {
      this.#askForTurn();
    });
    this.#poll.unref();
  }

  /** @throws Error of the system where it has no memory for it */
  watch(descriptor: number, events: number, watched: Watched): void {
    this.#lastTicket = (this.#lastTicket + 1) >>> 0;
    this.#tickets[descriptor] = this.#lastTicket;
    this.#controlEpoll(EPOLL_CTL_ADD, descriptor, events);
    this.#watched[descriptor] = watched;
    if (this.#watchedCount++ === 0) this.#poll.ref();
  }

  /** What happens to the descriptor from now on is told to another. */
  handTo(descriptor: number, watched: Watched): void {
    this.#watched[descriptor] = watched;
  }

  /** Changes what is watched for; 0 for nothing. */
  rewatch(descriptor: number, events: number): void {
    this.#controlEpoll(EPOLL_CTL_MOD, descriptor, events);
  }

  /** The descriptor is about to be closed, by which the kernel forgets it. */
  forget(descriptor: number): void {
    if (this.#watched[descriptor] === undefined) return;
    this.#watched[descriptor] = undefined;
    if (--this.#watchedCount === 0 && !this.#isClosed) this.#poll.unref();
  }

  defer(task: Task): void {
    this.#tasks.push(task);
    if (!this.#isInTurn) this.#askForTurn();
  }

  /** Everything watched must be forgotten by now; tasks still run. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#poll.close();
    this.#libc.close(this.#epoll);
  }

  #controlEpoll(operation: number, descriptor: number, events: number): void {
    writeEvent(this.#control, events, descriptor, this.#tickets[descriptor] ?? 0);
    if (this.#libc.epollControl(this.#epoll, operation, descriptor, this.#control) < 0)
      throw systemError('epoll_ctl', this.#libc.errno());
  }

  #askForTurn(): void {
    if (this.#isTurnDue) return;
    this.#isTurnDue = true;
    setImmediate(this.#turn);
  }

  readonly #turn = (): void => {
    this.#isTurnDue = false;
    this.#isInTurn = true;
    if (!this.#isClosed) this.#dispatch();
    for (let round = 0; round < maxRounds && this.#tasks.length > 0; round++) this.#runTasks();
    this.#isInTurn = false;
    if (this.#tasks.length > 0) this.#askForTurn();
  };

  /** Events that do not fit are reported next time: libuv's watch on the set is level-triggered. Hot path. */
  #dispatch(): void {
    const count = this.#libc.epollWait(this.#epoll, this.#events, maxEvents, 0);
    const words = this.#words;
    for (let at = 0; at < count * eventWords; at += eventWords) {
      const descriptor = words[at + dataWord] ?? 0;
      const watched = this.#watched[descriptor];
      if (watched === undefined || this.#tickets[descriptor] !== words[at + dataWord + 1]) continue;
      try {
        watched.onReady(words[at] ?? 0);
      } catch (error) {
        watched.fail(handlerFault('onReady', error));
      }
    }
  }

  /** Hot path. */
  #runTasks(): void {
    const tasks = this.#tasks;
    this.#tasks = this.#roundTasks;
    this.#roundTasks = tasks;
    for (const task of tasks) {
      try {
        task.run();
      } catch (error) {
        task.fail(handlerFault('run', error));
      }
    }
    tasks.length = 0;
  }
}
