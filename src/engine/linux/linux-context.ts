import type { Runtime } from '../../runtime/runtime.ts';
import { EngineContext } from '../engine-context.ts';
import { DatagramInbox } from './datagram-inbox.ts';
import { DatagramOutbox } from './datagram-outbox.ts';
import type { Libc } from './libc.ts';
import { PipePool } from './pipe-pool.ts';
import { Reactor, type Task } from './reactor.ts';

/** The most that one read brings, in bytes. */
export const readSize = 65_536;

/** What the connections, listeners and ports of one Linux engine share. */
export class LinuxContext extends EngineContext {
  readonly libc: Libc;
  readonly reactor: Reactor;
  readonly pipes: PipePool;
  /** Every connection reads into it: what arrived is handed on before the next read. */
  readonly readBuffer = Buffer.allocUnsafeSlow(readSize);
  #inbox: DatagramInbox | undefined = undefined;
  #outbox: DatagramOutbox | undefined = undefined;
  /** Who waits for a descriptor to be free. */
  readonly #starving = new Set<Task>();

  /** @throws Error of the system where there is no descriptor left */
  constructor(runtime: Runtime, libc: Libc) {
    super(runtime);
    this.libc = libc;
    this.reactor = new Reactor(libc);
    this.pipes = new PipePool(libc, (descriptor) => {
      this.closeDescriptor(descriptor);
    });
  }

  /** Made when it is first needed, as the outbox: most of the memory of an engine is here. */
  get inbox(): DatagramInbox {
    this.#inbox ??= new DatagramInbox(this.libc);
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
    this.libc.close(descriptor);
    if (this.#starving.size > 0) this.#feedStarving();
  }

  /** Runs the task once a descriptor of this engine was closed. */
  awaitDescriptor(task: Task): void {
    this.#starving.add(task);
    this.pipes.destroyIdle();
  }

  stopAwaiting(task: Task): void {
    this.#starving.delete(task);
  }

  /** Everything is shut down by now. */
  dispose(): void {
    this.pipes.destroyIdle();
    this.reactor.close();
    this.#inbox?.dispose();
    this.#outbox?.dispose();
  }

  #feedStarving(): void {
    for (const task of this.#starving) this.reactor.defer(task);
    this.#starving.clear();
  }
}
