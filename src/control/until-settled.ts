import type { Clock } from '../runtime/runtime.ts';

/**
 * Yields what `tell` says, at once and then at every interval, until the work has settled or nobody listens any more.
 *
 * @returns what the work gives; undefined where nobody listens
 * @throws whatever the work throws
 */
export async function* untilSettled<T>(
  work: Promise<T>,
  clock: Clock,
  everyMs: number,
  signal: AbortSignal,
  tell: () => unknown,
): AsyncGenerator<unknown, T | undefined, undefined> {
  const state = { isSettled: false };
  let wake = (): void => undefined;
  const settle = (): void => {
    state.isSettled = true;
    wake();
  };
  work.then(settle, settle);
  signal.addEventListener('abort', () => wake(), { once: true });
  // Work that needs no time has nothing to tell.
  await Promise.resolve();
  while (!state.isSettled && !signal.aborted) {
    yield tell();
    await new Promise<void>((resolve) => {
      // It may have settled while the caller read.
      if (state.isSettled) {
        resolve();
        return;
      }
      const timer = clock.schedule(everyMs, resolve, true);
      wake = () => {
        timer.cancel();
        resolve();
      };
    });
  }
  return state.isSettled ? work : undefined;
}
