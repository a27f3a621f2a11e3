import type { Runtime } from '../../../runtime/runtime.ts';
import { systemClock } from '../../../runtime/system-runtime.ts';
import { EngineContext } from '../../common/engine-context.ts';
import { AckSchedule } from './ack-schedule.ts';
import { AddressBook } from './address-book.ts';
import { DatagramInbox } from './datagram-inbox.ts';
import { DatagramOutbox } from './datagram-outbox.ts';
import { KeepAlive } from './keep-alive.ts';
import type { Libc } from '../kernel/libc.ts';
import { setKeepAlive } from '../kernel/open-socket.ts';
import { PipePool } from './pipe-pool.ts';
import { Reactor, type Task } from '../loop/reactor.ts';
import type { SocketCalls } from '../loop/socket-calls.ts';

/** What the connections, listeners and ports of one Linux engine share. */
export class LinuxContext extends EngineContext {
  readonly libc: Libc;
  readonly reactor: Reactor;
  /** Those of the reactor. */
  readonly calls: SocketCalls;
  readonly pipes: PipePool;
  readonly acks: AckSchedule;
  readonly keepAlive: KeepAlive;
  readonly addresses = new AddressBook();
  readonly #hasSystemClock: boolean;
  #moment = 0;
  #momentMs = 0;
  #inbox: DatagramInbox | undefined = undefined;
  #outbox: DatagramOutbox | undefined = undefined;
  /** Who waits for a descriptor to be free. */
  readonly #starving = new Set<Task>();

  /** @throws Error of the system where there is no descriptor left */
  constructor(runtime: Runtime, libc: Libc) {
    super(runtime);
    this.libc = libc;
    this.#hasSystemClock = runtime.clock === systemClock;
    this.reactor = Reactor.acquire(libc);
    this.calls = this.reactor.calls;
    this.acks = new AckSchedule(runtime.clock);
    this.keepAlive = new KeepAlive(runtime.clock, (descriptor) => {
      setKeepAlive(libc, descriptor);
    });
    this.pipes = new PipePool(
      libc,
      (descriptor) => {
        this.closeDescriptor(descriptor);
      },
      () => this.budget.hasRoom(),
    );
  }

  /** The time, the same throughout a moment of the reactor, which is mostly below a millisecond. Hot path. */
  nowMs(): number {
    const { moment, momentMs } = this.reactor;
    if (moment === 0) return this.runtime.clock.nowMs();
    if (this.#hasSystemClock) return momentMs;
    if (moment !== this.#moment) {
      this.#moment = moment;
      this.#momentMs = this.runtime.clock.nowMs();
    }
    return this.#momentMs;
  }

  /** Made when it is first needed, as the outbox: most of the memory of an engine is here. */
  get inbox(): DatagramInbox {
    this.#inbox ??= new DatagramInbox(this.libc, this.calls.batch);
    return this.#inbox;
  }

  get outbox(): DatagramOutbox {
    this.#outbox ??= new DatagramOutbox(this.libc, this.reactor);
    return this.#outbox;
  }

  /** Sends what ports have sent in this turn. */
  flushDatagrams(): void {
    this.#outbox?.flush();
  }

  /** Closes a descriptor that this engine owns, watched or not. */
  closeDescriptor(descriptor: number): void {
    this.reactor.forget(descriptor);
    this.keepAlive.delete(descriptor);
    this.libc.close(descriptor);
  }

  /** As `closeDescriptor`, for what is bound to a port: other threads may work on duplicates, or own the original. */
  closeBound(descriptor: number): void {
    this.reactor.forgetShared(descriptor);
    this.closeDescriptor(descriptor);
  }

  /** Runs the task once an engine of this thread has closed a descriptor. */
  awaitDescriptor(task: Task): void {
    this.#starving.add(task);
    this.budget.addWaiter(this.#feedStarving);
    this.pipes.destroyIdle();
  }

  stopAwaiting(task: Task): void {
    this.#starving.delete(task);
  }

  /** Everything is shut down by now. */
  dispose(): void {
    this.pipes.destroyIdle();
    this.budget.removeWaiter(this.#feedStarving);
    this.reactor.release();
    this.acks.stop();
    this.#inbox?.dispose();
    this.#outbox?.dispose();
  }

  readonly #feedStarving = (): void => {
    this.budget.removeWaiter(this.#feedStarving);
    for (const task of this.#starving) this.reactor.defer(task);
    this.#starving.clear();
  };
}
