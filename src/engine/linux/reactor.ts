import { handlerFault } from '../system-errors.ts';
import type { SluiceError } from '../../errors.ts';
import type { Clock } from '../../runtime/runtime.ts';
import type { Libc } from './libc.ts';
import { LoopWatch } from './loop-watch.ts';
import { NativeMemory } from './native-memory.ts';
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

/** Events that one turn handles at most, about. */
const maxEvents = 256;
/** Where so many were ready at once, more will be by now. */
const busyEvents = 4;
/** Tasks that make tasks go on in the same turn so often; then the event loop has its turn. */
const maxRounds = 8;

/**
 * Finds out which descriptors are ready, on the event loop of its own thread: libuv watches the descriptor of
 * an epoll set, which holds all others.
 *
 * Nothing is done inside libuv's callback, where Node runs neither ticks nor microtasks and where an exception
 * would vanish, but in an immediate in the same round of the loop. All handlers are called from such turns, never
 * from inside a call of an owner.
 */
export class Reactor implements TaskQueue {
  readonly #libc: Libc;
  readonly #clock: Clock;
  readonly #epoll: number;
  readonly #poll: LoopWatch;
  /** What `epoll_wait` finds. */
  readonly #events: NativeMemory;
  /** What `epoll_ctl` is told. */
  readonly #control: NativeMemory;
  /** By descriptor. */
  readonly #watched: (Watched | undefined)[] = [];
  /** By descriptor: tells an event for what is watched now from one that was meant for its forerunner. */
  readonly #tickets: number[] = [];
  #lastTicket = 0;
  #watchedCount = 0;
  /** The first `#taskCount` are to be run. The arrays stay as long as they once had to be. */
  #tasks: (Task | undefined)[] = [];
  #taskCount = 0;
  #roundTasks: (Task | undefined)[] = [];
  #isInTurn = false;
  /** The time, once it was asked for in this turn. */
  #turnMs = -1;
  #isTurnDue = false;
  #isClosed = false;

  /** @throws Error of the system where there is no descriptor left */
  constructor(libc: Libc, clock: Clock) {
    this.#libc = libc;
    this.#clock = clock;
    this.#events = NativeMemory.take(libc, maxEvents * eventWords * 4);
    this.#control = NativeMemory.take(libc, eventWords * 4);
    this.#epoll = libc.epollCreate(CLOEXEC);
    if (this.#epoll < 0) throw systemError('epoll_create1', libc.errno());
    try {
      this.#poll = new LoopWatch(libc, this.#epoll, this.#turn);
    } catch (error) {
      libc.close(this.#epoll);
      throw error;
    }
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

  /** The time; read once a turn, since most turns take less than a millisecond. Hot path. */
  nowMs(): number {
    if (!this.#isInTurn) return this.#clock.nowMs();
    if (this.#turnMs < 0) this.#turnMs = this.#clock.nowMs();
    return this.#turnMs;
  }

  defer(task: Task): void {
    this.#tasks[this.#taskCount++] = task;
    if (!this.#isInTurn) this.#askForTurn();
  }

  /** Everything watched must be forgotten by now; tasks still run. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#poll.close();
    this.#libc.close(this.#epoll);
    this.#events.giveBack();
    this.#control.giveBack();
  }

  #controlEpoll(operation: number, descriptor: number, events: number): void {
    const { address, words } = this.#control;
    writeEvent(words, events, descriptor, this.#tickets[descriptor] ?? 0);
    if (this.#libc.epollControl(this.#epoll, operation, descriptor, address) < 0)
      throw systemError('epoll_ctl', this.#libc.errno());
  }

  #askForTurn(): void {
    if (this.#isTurnDue) return;
    this.#isTurnDue = true;
    setImmediate(this.#turn);
  }

  /**
   * Goes on without a round of the event loop while there is much to do: a round costs as much as several system
   * calls, and what was done has often made more ready.
   */
  readonly #turn = (): void => {
    this.#isTurnDue = false;
    this.#isInTurn = true;
    for (let left = maxEvents; left > 0;) {
      this.#turnMs = -1;
      const count = this.#isClosed ? 0 : this.#dispatch();
      for (let round = 0; round < maxRounds && this.#taskCount > 0; round++) this.#runTasks();
      left -= count < busyEvents ? left : count;
    }
    this.#isInTurn = false;
    if (this.#taskCount > 0) this.#askForTurn();
  };

  /**
   * Events that do not fit are reported next time: libuv's watch on the set is level-triggered. Hot path.
   *
   * @returns how many there were
   */
  #dispatch(): number {
    const { address, words } = this.#events;
    const count = this.#libc.epollWait(this.#epoll, address, maxEvents, 0);
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
    return count;
  }

  /** Hot path. */
  #runTasks(): void {
    const tasks = this.#tasks;
    const count = this.#taskCount;
    this.#tasks = this.#roundTasks;
    this.#taskCount = 0;
    this.#roundTasks = tasks;
    for (let index = 0; index < count; index++) {
      const task = tasks[index];
      tasks[index] = undefined;
      try {
        task?.run();
      } catch (error) {
        task?.fail(handlerFault('run', error));
      }
    }
  }
}
