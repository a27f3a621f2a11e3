import type { Libc } from '../kernel/libc.ts';
import { loadLibUv, type LibUv } from './libuv.ts';

/** Of `uv_handle_type` in uv.h. */
const types = { idle: 6, prepare: 9 } as const;

export type LoopHandleType = keyof typeof types;

/** Where a `uv_handle_t` has its flags, and the flag that makes `uv_loop_close` overlook a handle. */
const flagsOffset = 88;
const internalFlag = 0x10;

const flags = new Uint32Array(1);

/**
 * Makes a handle of a loop, unknown to Node, unreferenced and not started.
 *
 * Node would abort where it finds such a handle in the loop of a worker that has ended. So it is flagged as one of
 * libuv's own, and a worker's is stopped as the thread ends. A thread that ends has the handle with the flag or not
 * at all: it never ends between native calls. It leaves only the memory of the handle.
 *
 * @returns its address
 */
export function openHandle(libc: Libc, loop: number, type: LoopHandleType): number {
  const uv = loadLibUv(libc);
  const handle = initialized(libc, uv, loop, type);
  libc.copyFrom(flags, handle + flagsOffset, 4);
  flags[0] = (flags[0] ?? 0) | internalFlag;
  libc.copyTo(handle + flagsOffset, flags, 4);
  uv.unref(handle);
  const { threadEnd } = libc;
  threadEnd?.add(threadEnd.isolate, stopOf(libc, type), handle);
  return handle;
}

/** Stops the handle, and frees its memory when the loop has forgotten it. */
export function closeHandle(libc: Libc, handle: number, type: LoopHandleType): void {
  unguard(libc, handle, type);
  loadLibUv(libc).closeAndFree(handle);
}

/** Frees the memory of a handle whose loop is closed. */
export function freeHandle(libc: Libc, handle: number, type: LoopHandleType): void {
  unguard(libc, handle, type);
  libc.free(handle);
}

/** As `openHandle`, but one that is taken for somebody else's. @returns its address */
export function openForeignHandle(libc: Libc, loop: number): number {
  return initialized(libc, loadLibUv(libc), loop, 'idle');
}

function initialized(libc: Libc, uv: LibUv, loop: number, type: LoopHandleType): number {
  const handle = libc.allocate(1, uv.handleSize(types[type]));
  if (handle === 0) throw new Error('no memory is left');
  if (type === 'prepare') uv.prepareInit(loop, handle);
  else uv.idleInit(loop, handle);
  return handle;
}

function unguard(libc: Libc, handle: number, type: LoopHandleType): void {
  const { threadEnd } = libc;
  threadEnd?.remove(threadEnd.isolate, stopOf(libc, type), handle);
}

function stopOf(libc: Libc, type: LoopHandleType): number {
  return libc.addressOf(`uv_${type}_stop`);
}
