// Over 250 lines because a turn is read as a whole: the wait, what is ready then, and the tasks.
import { handlerFault } from '../../common/system-errors.ts';
import type { SluiceError } from '../../../base/errors.ts';
import { systemClock } from '../../../runtime/system-runtime.ts';
import { EventLoop } from './event-loop.ts';
import type { Libc } from '../kernel/libc.ts';
import { NativeMemory } from '../kernel/native-memory.ts';
import { dataWord, eventWords, writeEvent } from '../kernel/epoll-event.ts';
import { SocketCalls } from './socket-calls.ts';
import { CLOEXEC, EPOLLIN, EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLL_CTL_MOD } from '../kernel/system-constants.ts';
import { systemError } from '../kernel/system-error.ts';
import { runTicks } from './ticks.ts';

/** Something to be done in the reactor's next turn, or later in this one. */
export interface Task {
  run(): void;
  /** `run` threw, which is a fault of this engine. */
  fail(fault: SluiceError): void;
}

/** Runs tasks outside of any call of an owner. */
export interface TaskQueue {
  /** The caller takes care to ask once. */
  defer(task: Task): void;
}

/** Has a descriptor that is watched. */
export interface Watched {
  /** Adds to the batch what `onReady` is about to receive. @param events the same */
  readAhead(events: number): void;
  /** @param events EPOLLIN and so on; some may be gone again by now */
  onReady(events: number): void;
  /** `onReady` threw, which is a fault of this engine. */
  fail(fault: SluiceError): void;
}

/** Events that are taken from the kernel at once. */
const maxEvents = 256;
/** Tasks that make tasks go on before the kernel is asked again so often. */
const maxTaskRounds = 8;

/**
 * Waits for all descriptors of the engines of one thread, with epoll instead of libuv: the event loop's own
 * descriptor is one of them, and its next timer ends the wait. So a turn goes on for as long as the loop has nothing
 * to do, and each wake-up costs one system call.
 *
 *     turn:  wait ──▶ tell owners ──▶ run tasks ──▶ ticks and promises ──▶ wait …, until the loop has something to do
 *
 * All handlers are called from turns, never from inside a call of an owner. What a handler queues with
 * `process.nextTick` or a promise runs before the next wait.
 */
export class Reactor implements TaskQueue {
  /**
   * Numbers the work after each wait: all of that happens at about the same time. 0 outside of it, and while ticks
   * and promises of others run.
   */
  moment = 0;
  /** When that moment began, by `systemClock`. */
  momentMs = 0;
  readonly calls: SocketCalls;
  readonly #libc: Libc;
  readonly #epoll: number;
  readonly #loop: EventLoop;
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
  /** The first `#taskCount` wait to run. The arrays stay as long as they once had to be. */
  #tasks: (Task | undefined)[] = [];
  #taskCount = 0;
  #roundTasks: (Task | undefined)[] = [];
  #isInTurn = false;
  #isLoopDue = false;
  #waits = 0;
  #users = 0;

  private constructor(libc: Libc) {
    this.#libc = libc;
    this.#loop = new EventLoop(libc, this.#turn);
    this.#events = NativeMemory.take(libc, maxEvents * eventWords * 4);
    this.#control = NativeMemory.take(libc, eventWords * 4);
    this.calls = new SocketCalls(libc);
    this.#epoll = libc.epollCreate(CLOEXEC);
    try {
      if (this.#epoll < 0) throw systemError('epoll_create1', libc.errno());
      this.#add(this.#loop.descriptor, EPOLLIN, this.#loopWatch);
    } catch (error) {
      this.#close();
      throw error;
    }
  }

  static #ofThread: Reactor | undefined = undefined;

  /**
   * The reactor of this thread, for an engine that calls `release` when it has nothing watched any more.
   *
   * @throws Error of the system where there is no descriptor left; or as `EventLoop`
   */
  static acquire(libc: Libc): Reactor {
    Reactor.#ofThread ??= new Reactor(libc);
    Reactor.#ofThread.#users += 1;
    return Reactor.#ofThread;
  }

  /** Tasks still run afterwards. */
  release(): void {
    if (--this.#users > 0) return;
    Reactor.#ofThread = undefined;
    this.#close();
  }

  /** @throws Error of the system where it has no memory for it */
  watch(descriptor: number, events: number, watched: Watched): void {
    this.#add(descriptor, events, watched);
    if (this.#watchedCount++ === 0) this.#loop.start();
  }

  /** What happens to the descriptor from now on is told to another. */
  handTo(descriptor: number, watched: Watched): void {
    this.#watched[descriptor] = watched;
  }

  /** Changes what is watched for; 0 for nothing. */
  rewatch(descriptor: number, events: number): void {
    this.#controlEpoll(EPOLL_CTL_MOD, descriptor, events);
  }

  /** The descriptor is about to be closed. The kernel forgets it then: no other one stands for the same thing. */
  forget(descriptor: number): void {
    if (this.#watched[descriptor] === undefined) return;
    this.#watched[descriptor] = undefined;
    if (--this.#watchedCount === 0) this.#loop.stop();
  }

  /**
   * As `forget`, where others may have a descriptor of the same socket. While one of them is open, the kernel goes on
   * telling what happens to it, and nobody could stop that any more once this descriptor is closed.
   */
  forgetShared(descriptor: number): void {
    if (this.#watched[descriptor] !== undefined) this.#controlEpoll(EPOLL_CTL_DEL, descriptor, 0);
    this.forget(descriptor);
  }

  defer(task: Task): void {
    this.#tasks[this.#taskCount++] = task;
    if (!this.#isInTurn) this.#loop.askForTurn();
  }

  #close(): void {
    this.#loop.close();
    if (this.#epoll >= 0) this.#libc.close(this.#epoll);
    this.calls.dispose();
    this.#events.giveBack();
    this.#control.giveBack();
  }

  #add(descriptor: number, events: number, watched: Watched): void {
    this.#lastTicket = (this.#lastTicket + 1) >>> 0;
    this.#tickets[descriptor] = this.#lastTicket;
    this.#controlEpoll(EPOLL_CTL_ADD, descriptor, events);
    this.#watched[descriptor] = watched;
  }

  #controlEpoll(operation: number, descriptor: number, events: number): void {
    const { address, words } = this.#control;
    writeEvent(words, events, descriptor, this.#tickets[descriptor] ?? 0);
    if (this.#libc.epollControl(this.#epoll, operation, descriptor, address) < 0)
      throw systemError('epoll_ctl', this.#libc.errno());
  }

  readonly #turn = (): void => {
    this.#isInTurn = true;
    try {
      while (this.#work());
    } finally {
      this.#isInTurn = false;
      this.moment = 0;
      if (this.#taskCount > 0) this.#loop.askForTurn();
    }
  };

  readonly #loopWatch: Watched = {
    readAhead: () => undefined,
    onReady: () => {
      this.#isLoopDue = true;
    },
    fail: () => undefined,
  };

  /** Waits, then does what there is to do. @returns whether to go on at once. Hot path. */
  #work(): boolean {
    const count = this.#users > 0 ? this.#wait() : 0;
    this.moment = ++this.#waits;
    if (this.calls.batch.open(count)) this.#readAhead(count);
    this.#tell(count);
    for (let round = 0; round < maxTaskRounds && this.#taskCount > 0; round++) this.#runTasks();
    this.calls.batch.end();
    this.moment = 0;
    return runTicks() && !this.#isLoopDue && this.#users > 0;
  }

  /** @returns how many events there are. Hot path. */
  #wait(): number {
    const sinceMs = systemClock.nowMs();
    const restMs = this.#watchedCount === 0 ? 0 : this.#loop.restMs(sinceMs);
    this.#isLoopDue = restMs === 0;
    const timeoutMs = this.#taskCount > 0 ? 0 : restMs;
    const { address } = this.#events;
    const count = this.#libc.epollWait(this.#epoll, address, maxEvents, timeoutMs);
    this.momentMs = systemClock.nowMs();
    if (timeoutMs !== 0) this.#loop.noteIdle(this.momentMs - sinceMs);
    return count;
  }

  /** Receives for all that are ready with one system call. Hot path. */
  #readAhead(count: number): void {
    const { words } = this.#events;
    for (let at = 0; at < count * eventWords; at += eventWords) {
      this.#watchedAt(at)?.readAhead(words[at] ?? 0);
    }
    this.calls.batch.receiveAll();
  }

  /** Events that did not fit are told next time. Hot path. */
  #tell(count: number): void {
    const { words } = this.#events;
    for (let at = 0; at < count * eventWords; at += eventWords) {
      const watched = this.#watchedAt(at);
      if (watched === undefined) continue;
      try {
        watched.onReady(words[at] ?? 0);
      } catch (error) {
        watched.fail(handlerFault('onReady', error));
      }
    }
  }

  /** Who an event is for, unless it was meant for a forerunner. Hot path. */
  #watchedAt(at: number): Watched | undefined {
    const { words } = this.#events;
    const descriptor = words[at + dataWord] ?? 0;
    return this.#tickets[descriptor] === words[at + dataWord + 1] ? this.#watched[descriptor] : undefined;
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
