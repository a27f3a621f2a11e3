import type { Libc } from './libc.ts';
import { systemError } from './system-error.ts';

/** `UV_POLL` and `UV_READABLE` of uv.h. */
const pollHandle = 8;
const readable = 1;

/**
 * Where a `uv_handle_t` has its flags, and the one by which `uv_loop_close` overlooks a handle. Both are
 * libuv's own business, so `LoopWatch.test` tries them.
 */
const flagsOffset = 88;
const internalFlag = 0x10;
const UV_EBUSY = -16;

/** What the node binary exports of libuv. An `address` is that of a handle or a loop. */
interface LibUv {
  currentLoop(): number;
  handleSize(type: number): number;
  pollInit(loop: number, handle: number, descriptor: number): number;
  pollStart(handle: number, events: number, callback: number): number;
  ref(handle: number): void;
  unref(handle: number): void;
  close(handle: number, callback: number): void;
  loopSize(): number;
  loopInit(loop: number): number;
  loopClose(loop: number): number;
  run(loop: number, mode: number): number;
}

/**
 * Calls back in every round of this thread's event loop, and has the loop make a round whenever the descriptor
 * is readable. Keeps the loop alive while it is referenced, as it is at first not.
 *
 * Nothing of JavaScript is called by libuv: its callback is a native function that does nothing, and the round
 * goes on to an immediate, which Node does not run in a thread that is being ended. (With a callback into
 * JavaScript, as of `koffi.node.poll`, the call fails there, and koffi aborts the process.)
 *
 * Node knows nothing of the handle, and would abort where it finds one in the loop of a worker that has ended:
 * so it is flagged as one of libuv's own. What the watch leaves then is the memory of one handle.
 */
export class LoopWatch {
  readonly #uv: LibUv;
  readonly #libc: Libc;
  readonly #handle: number;
  readonly #onRound: () => void;
  #immediate: NodeJS.Immediate;
  #isClosed = false;

  /** @throws Error of libuv */
  constructor(libc: Libc, descriptor: number, onRound: () => void) {
    const uv = loadLibUv(libc);
    this.#uv = uv;
    this.#libc = libc;
    this.#onRound = onRound;
    this.#handle = openHandle(libc, uv, uv.currentLoop(), descriptor, true);
    const { threadEnd } = libc;
    threadEnd?.add(threadEnd.isolate, libc.addressOf('uv_poll_stop'), this.#handle);
    uv.pollStart(this.#handle, readable, libc.addressOf('uv_is_active'));
    uv.unref(this.#handle);
    this.#immediate = setImmediate(this.#round).unref();
  }

  ref(): void {
    this.#uv.ref(this.#handle);
  }

  unref(): void {
    this.#uv.unref(this.#handle);
  }

  /** Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearImmediate(this.#immediate);
    const { threadEnd } = this.#libc;
    threadEnd?.remove(threadEnd.isolate, this.#libc.addressOf('uv_poll_stop'), this.#handle);
    this.#uv.close(this.#handle, this.#libc.addressOf('free'));
  }

  readonly #round = (): void => {
    this.#immediate = setImmediate(this.#round).unref();
    this.#onRound();
  };

  /**
   * Tries on a loop of its own whether the flag is what it is taken for.
   *
   * @param descriptor any that can be watched
   * @throws Error if not
   */
  static test(libc: Libc, descriptor: number): void {
    const uv = loadLibUv(libc);
    const loop = libc.allocate(1, uv.loopSize());
    if (loop === 0 || uv.loopInit(loop) < 0) throw new Error('no event loop can be made');
    const handles = [
      openHandle(libc, uv, loop, descriptor, true),
      openHandle(libc, uv, loop, descriptor, false),
    ];
    const before = uv.loopClose(loop);
    if (before === UV_EBUSY) {
      uv.close(handles[1] ?? 0, 0);
      uv.run(loop, 0);
    }
    const isAsExpected = before === UV_EBUSY && uv.loopClose(loop) === 0;
    for (const address of [...handles, loop]) libc.free(address);
    if (!isAsExpected) throw new Error('libuv does not work as expected');
  }
}

let loaded: LibUv | undefined = undefined;

function loadLibUv({ koffi }: Libc): LibUv {
  if (loaded !== undefined) return loaded;
  const node = koffi.load(null);
  const call = (definition: string): never => node.func(definition) as never;
  const currentIsolate: () => number = call('uint64_t _ZN2v87Isolate10GetCurrentEv()');
  const loopOf: (isolate: number) => number = call(
    'uint64_t _ZN4node19GetCurrentEventLoopEPN2v87IsolateE(uint64_t)',
  );
  loaded = {
    // Not `uv_default_loop`, which is that of the main thread.
    currentLoop: () => loopOf(currentIsolate()),
    handleSize: call('size_t uv_handle_size(int)'),
    pollInit: call('int uv_poll_init(uint64_t, uint64_t, int)'),
    pollStart: call('int uv_poll_start(uint64_t, int, uint64_t)'),
    ref: call('void uv_ref(uint64_t)'),
    unref: call('void uv_unref(uint64_t)'),
    close: call('void uv_close(uint64_t, uint64_t)'),
    loopSize: call('size_t uv_loop_size()'),
    loopInit: call('int uv_loop_init(uint64_t)'),
    loopClose: call('int uv_loop_close(uint64_t)'),
    run: call('int uv_run(uint64_t, int)'),
  };
  return loaded;
}

const flags = new Uint32Array(1);

/**
 * @param isInternal whether to set the flag. A thread that ends finds the handle with it or not at all: between
 * native calls there is nowhere to end.
 * @returns the address of a handle that watches nothing yet
 */
function openHandle(libc: Libc, uv: LibUv, loop: number, descriptor: number, isInternal: boolean): number {
  const handle = libc.allocate(1, uv.handleSize(pollHandle));
  if (handle === 0) throw new Error('no memory is left');
  const result = uv.pollInit(loop, handle, descriptor);
  if (result >= 0 && isInternal) {
    libc.copyFrom(flags, handle + flagsOffset, 4);
    flags[0] = (flags[0] ?? 0) | internalFlag;
    libc.copyTo(handle + flagsOffset, flags, 4);
  }
  if (result < 0) throw systemError('uv_poll_init', -result);
  return handle;
}
