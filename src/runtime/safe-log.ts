import { isPromise } from '../base/is-promise.ts';
import type { Logger, Runtime } from './runtime.ts';

/** The same world with a log that cannot hurt: if it throws or rejects, only its line is lost. */
export function withSafeLog({ clock, random, log }: Runtime): Runtime {
  const write: (...line: Parameters<Logger>) => unknown = log;
  return {
    clock,
    random,
    log(level, message) {
      try {
        const result = write(level, message);
        if (isPromise(result)) result.catch(() => undefined);
      } catch {
        // There is nobody to tell: telling is what failed.
      }
    },
  };
}
