import { isIdleTimeFound } from './idle-time.ts';
import type { Libc } from '../kernel/libc.ts';
import { loadLibUv } from './libuv.ts';
import { closeHandle, freeHandle, openForeignHandle, openHandle } from './loop-handle.ts';

/** What is known of libuv here. */
export interface EventLoopFacts {
  /** Without that, only the utilization that Node tells is wrong. */
  readonly canCountIdleTime: boolean;
}

/** `UV_RUN_NOWAIT` of uv.h. */
const withoutWaiting = 2;

let facts: EventLoopFacts | undefined = undefined;

/**
 * Tries, on loops of its own, what `EventLoop` relies on beyond libuv's documentation. Takes a few milliseconds, once
 * a thread.
 *
 * @throws Error where it is not as expected
 */
export function tryEventLoop(libc: Libc): EventLoopFacts {
  facts ??= tryOnce(libc);
  return facts;
}

function tryOnce(libc: Libc): EventLoopFacts {
  if (!withLoop(libc, overlooksOwnHandles)) throw new Error('libuv does not ignore its internal handles');
  if (!withLoop(libc, tellsRest)) throw new Error('libuv does not report how long it would wait');
  return { canCountIdleTime: withLoop(libc, isIdleTimeFound) };
}

/** @param use closes the loop */
function withLoop(libc: Libc, use: (libc: Libc, loop: number) => boolean): boolean {
  const uv = loadLibUv(libc);
  const loop = libc.allocate(1, uv.loopSize());
  if (loop === 0 || uv.loopInit(loop) < 0) throw new Error('cannot create an event loop');
  const isAsExpected = use(libc, loop);
  libc.free(loop);
  return isAsExpected;
}

/** Whether flagged handles let a loop close, and others do not. */
function overlooksOwnHandles(libc: Libc, loop: number): boolean {
  const uv = loadLibUv(libc);
  const own = openHandle(libc, loop, 'idle');
  const foreign = openForeignHandle(libc, loop);
  const isHeldUp = uv.loopClose(loop) < 0;
  uv.closeAndFree(foreign);
  uv.run(loop, 0);
  const isClosed = uv.loopClose(loop) === 0;
  freeHandle(libc, own, 'idle');
  return isHeldUp && isClosed;
}

/** Whether one handle would make a loop wait for ever, and another not at all. */
function tellsRest(libc: Libc, loop: number): boolean {
  const uv = loadLibUv(libc);
  const life = openHandle(libc, loop, 'prepare');
  const haste = openHandle(libc, loop, 'idle');
  uv.prepareStart(life, uv.doNothing);
  uv.ref(life);
  // A new loop has something to do for itself at first.
  uv.run(loop, withoutWaiting);
  const told = [uv.backendTimeout(loop)];
  uv.idleStart(haste, uv.doNothing);
  told.push(uv.backendTimeout(loop));
  uv.idleStop(haste);
  told.push(uv.backendTimeout(loop));
  uv.unref(life);
  told.push(uv.backendTimeout(loop));
  closeHandle(libc, life, 'prepare');
  closeHandle(libc, haste, 'idle');
  uv.run(loop, 0);
  return uv.loopClose(loop) === 0 && told.join() === '-1,0,-1,0';
}
