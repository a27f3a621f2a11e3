import { IdleTime } from './idle-time.ts';
import type { Libc } from '../kernel/libc.ts';
import { loadLibUv, type LibUv } from './libuv.ts';
import { tryEventLoop } from './event-loop-trial.ts';
import { closeHandle, openHandle } from './loop-handle.ts';

/** Where all copies of this module, of any version, see which of them has the loop of this thread. */
const owner = Symbol.for('sluice.event-loop');
const thread = process as { [owner]?: symbol | undefined };
const thisCopy = Symbol('this copy');

let idleTime: IdleTime | undefined = undefined;

/**
 * This thread's event loop of libuv, and turns in each of its rounds for an owner that does the waiting:
 *
 *     libuv's timers and descriptors ──▶ immediates of Node, among them the turn ──▶ libuv's timers …
 *
 * libuv never waits between two turns, because an `idle` handle is started there. It is stopped in a turn, so
 * `restMs` says how long libuv would wait. Waiting that long, and for `descriptor` as well, delays nothing. Node
 * calls the turns, not libuv: ticks, promises and exceptions are as everywhere, and a thread that is being ended has
 * no turns.
 *
 * There is one at a time in a thread. Two would keep each other from waiting.
 */
export class EventLoop {
  /** Readable when libuv has something to do. */
  readonly descriptor: number;
  readonly #libc: Libc;
  readonly #uv: LibUv;
  readonly #loop: number;
  /** Keeps the loop alive while it is referenced, and does nothing. */
  readonly #life: number;
  /** Keeps libuv from waiting while it is started. */
  readonly #haste: number;
  readonly #onTurn: () => void;
  /** Where the next turn is due. */
  #next: NodeJS.Immediate | undefined = undefined;
  #isRunning = false;
  #isInTurn = false;
  #isClosed = false;
  #toldMs = -Infinity;

  /** @throws Error as `problem` says, or as `tryEventLoop` */
  constructor(libc: Libc, onTurn: () => void) {
    const problem = EventLoop.problem();
    if (problem !== undefined) throw new Error(problem);
    const { canCountIdleTime } = tryEventLoop(libc);
    const uv = loadLibUv(libc);
    this.#libc = libc;
    this.#uv = uv;
    this.#onTurn = onTurn;
    this.#loop = uv.currentLoop();
    this.descriptor = uv.backendDescriptor(this.#loop);
    this.#life = openHandle(libc, this.#loop, 'prepare');
    this.#haste = openHandle(libc, this.#loop, 'idle');
    uv.prepareStart(this.#life, uv.doNothing);
    if (canCountIdleTime) idleTime ??= new IdleTime(libc, this.#loop);
    thread[owner] = thisCopy;
  }

  /** A turn in each round from now on, and the loop is kept alive. Idempotent. */
  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#uv.ref(this.#life);
    if (!this.#isInTurn) this.#schedule();
  }

  /** Idempotent. */
  stop(): void {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    this.#uv.unref(this.#life);
  }

  /** One turn, soon; the loop stays alive for it. Never call it in a turn. */
  askForTurn(): void {
    this.#next ??= setImmediate(this.#turn);
    this.#next.ref();
  }

  /**
   * For how many milliseconds libuv has nothing to do: 0 where it has now, -1 for ever. Only in a turn. Hot path.
   *
   * @param nowMs monotonic; libuv counts whole milliseconds, so it is not told of less
   */
  restMs(nowMs: number): number {
    if (nowMs - this.#toldMs >= 1) {
      this.#toldMs = nowMs;
      this.#uv.updateTime(this.#loop);
    }
    return this.#uv.backendTimeout(this.#loop);
  }

  /** Somebody waited instead of libuv. Hot path. */
  noteIdle(ms: number): void {
    idleTime?.add(ms);
  }

  /** Turns come only where they are asked for afterwards. */
  close(): void {
    this.stop();
    this.#isClosed = true;
    closeHandle(this.#libc, this.#life, 'prepare');
    closeHandle(this.#libc, this.#haste, 'idle');
    thread[owner] = undefined;
  }

  #schedule(): void {
    this.#uv.idleStart(this.#haste, this.#uv.doNothing);
    this.#next ??= setImmediate(this.#turn).unref();
  }

  readonly #turn = (): void => {
    this.#next = undefined;
    this.#isInTurn = true;
    if (!this.#isClosed) this.#uv.idleStop(this.#haste);
    try {
      this.#onTurn();
    } finally {
      this.#isInTurn = false;
      if (this.#isRunning) this.#schedule();
    }
  };

  /** Why this thread cannot have one; undefined where it can. */
  static problem(): string | undefined {
    return (thread[owner] ?? thisCopy) === thisCopy
      ? undefined
      : 'another copy of Sluice uses the event loop of this thread';
  }
}
