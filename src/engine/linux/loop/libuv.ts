import type { Libc } from '../kernel/libc.ts';

/**
 * What the node binary exports of libuv, which guarantees it for all versions 1.x. A `loop`, a `handle` and a
 * `callback` are addresses.
 */
export interface LibUv {
  /** A callback that does nothing. */
  readonly doNothing: number;
  /** The loop of this thread; `uv_default_loop` is that of the main thread. */
  currentLoop(): number;
  /** The descriptor that is readable when the loop has something to do for a descriptor of its own. */
  backendDescriptor(loop: number): number;
  /** Milliseconds until the loop has something else to do: 0 for now, -1 for never. Goes by the loop's own time. */
  backendTimeout(loop: number): number;
  updateTime(loop: number): void;
  handleSize(type: number): number;
  prepareInit(loop: number, handle: number): number;
  prepareStart(handle: number, callback: number): number;
  idleInit(loop: number, handle: number): number;
  idleStart(handle: number, callback: number): number;
  idleStop(handle: number): number;
  timerInit(loop: number, handle: number): number;
  timerStart(handle: number, callback: number, delayMs: number, repeatMs: number): number;
  ref(handle: number): void;
  unref(handle: number): void;
  /** The memory is freed when the loop has forgotten the handle. */
  closeAndFree(handle: number): void;
  loopSize(): number;
  loopInit(loop: number): number;
  loopConfigure(loop: number, option: number): number;
  loopClose(loop: number): number;
  run(loop: number, mode: number): number;
  /** Nanoseconds. */
  idleTime(loop: number): number;
}

let loaded: LibUv | undefined = undefined;

/** Loaded once a thread. @throws Error where this build of Node.js does not export what it takes */
export function loadLibUv(libc: Libc): LibUv {
  if (loaded !== undefined) return loaded;
  const node = libc.koffi.load(null);
  const call = (definition: string): never => node.func(definition) as never;
  const currentIsolate: () => number = call('uint64_t _ZN2v87Isolate10GetCurrentEv()');
  const loopOf: (isolate: number) => number = call(
    'uint64_t _ZN4node19GetCurrentEventLoopEPN2v87IsolateE(uint64_t)',
  );
  const close: (handle: number, callback: number) => void = call('void uv_close(uint64_t, uint64_t)');
  const free = libc.addressOf('free');
  loaded = {
    doNothing: libc.addressOf('uv_is_active'),
    currentLoop: () => loopOf(currentIsolate()),
    backendDescriptor: call('int uv_backend_fd(uint64_t)'),
    backendTimeout: call('int uv_backend_timeout(uint64_t)'),
    updateTime: call('void uv_update_time(uint64_t)'),
    handleSize: call('size_t uv_handle_size(int)'),
    prepareInit: call('int uv_prepare_init(uint64_t, uint64_t)'),
    prepareStart: call('int uv_prepare_start(uint64_t, uint64_t)'),
    idleInit: call('int uv_idle_init(uint64_t, uint64_t)'),
    idleStart: call('int uv_idle_start(uint64_t, uint64_t)'),
    idleStop: call('int uv_idle_stop(uint64_t)'),
    timerInit: call('int uv_timer_init(uint64_t, uint64_t)'),
    timerStart: call('int uv_timer_start(uint64_t, uint64_t, uint64_t, uint64_t)'),
    ref: call('void uv_ref(uint64_t)'),
    unref: call('void uv_unref(uint64_t)'),
    closeAndFree: (handle) => {
      close(handle, free);
    },
    loopSize: call('size_t uv_loop_size()'),
    loopInit: call('int uv_loop_init(uint64_t)'),
    loopConfigure: call('int uv_loop_configure(uint64_t, int)'),
    loopClose: call('int uv_loop_close(uint64_t)'),
    run: call('int uv_run(uint64_t, int)'),
    idleTime: call('uint64_t uv_metrics_idle_time(uint64_t)'),
  };
  return loaded;
}
