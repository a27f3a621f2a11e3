import type { Libc } from '../kernel/libc.ts';
import { loadLibUv } from './libuv.ts';

/** Where a `uv_loop_t` has the address of its internal fields, and where those have the idle time. */
const fieldsOffset = 40;
const idleTimeOffset = 144;
/** Of uv.h: `UV_METRICS_IDLE_TIME` and `UV_TIMER`. */
const countIdleTime = 1;
const timerHandle = 13;

const maxWaits = 10;

const nanosecondsInMs = 1e6;
const wordSize = 2 ** 32;

const pair = new Uint32Array(2);

/**
 * Counts the time that a thread waits outside of its loop as idle time of the loop:
 * `performance.eventLoopUtilization()`, and all who watch it, go by that. libuv has no function for it, so this adds
 * to the number in its memory.
 */
export class IdleTime {
  readonly #words: Uint32Array;

  /** @param loop of this thread, after `isIdleTimeFound` has said so of another loop */
  constructor(libc: Libc, loop: number) {
    this.#words = new Uint32Array(libc.koffi.view(BigInt(addressIn(libc, loop)), 8));
  }

  /** Hot path. */
  add(ms: number): void {
    const words = this.#words;
    const low = (words[0] ?? 0) + Math.round(ms * nanosecondsInMs);
    const carry = Math.floor(low / wordSize);
    // A read by another thread in between is wrong by 4 seconds, once in 4 seconds of idle time.
    if (carry > 0) words[1] = (words[1] ?? 0) + carry;
    words[0] = low - carry * wordSize;
  }
}

/**
 * Whether the idle time of a loop is where `IdleTime` takes it to be.
 *
 * @param loop of the caller's own, with nothing on it: has it wait for a millisecond or a few, and closes it
 */
export function isIdleTimeFound(libc: Libc, loop: number): boolean {
  const uv = loadLibUv(libc);
  uv.loopConfigure(loop, countIdleTime);
  const timer = libc.allocate(1, uv.handleSize(timerHandle));
  uv.timerInit(loop, timer);
  // A thread that is held up finds the timer due already, and does not wait.
  for (let tries = 0; tries < maxWaits && uv.idleTime(loop) === 0; tries++) {
    uv.updateTime(loop);
    uv.timerStart(timer, uv.doNothing, 1, 0);
    uv.run(loop, 0);
  }
  uv.closeAndFree(timer);
  uv.run(loop, 0);
  libc.copyFrom(pair, addressIn(libc, loop), 8);
  const idle = uv.idleTime(loop);
  return uv.loopClose(loop) === 0 && idle > 0 && numberOf(pair) === idle;
}

function addressIn(libc: Libc, loop: number): number {
  libc.copyFrom(pair, loop + fieldsOffset, 8);
  return numberOf(pair) + idleTimeOffset;
}

function numberOf([low = 0, high = 0]: Uint32Array): number {
  return high * wordSize + low;
}
