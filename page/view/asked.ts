import { useEffect, useState } from 'preact/hooks';
import { wordsOf } from '../live/api.ts';

/** What a question came to. */
export interface Asked<T> {
  readonly value: T | undefined;
  /** Why there is no fresh value. */
  readonly problem: string | undefined;
  /** Asks again now. */
  readonly again: () => void;
}

/**
 * Asks when the view comes, when the key changes, and then at an interval.
 *
 * @param ask is called with a signal that aborts when nobody needs the answer any more
 */
export function useAsked<T>(
  key: string,
  ask: (signal: AbortSignal) => Promise<T>,
  everyMs = Infinity,
): Asked<T> {
  const [value, setValue] = useState<T>();
  const [problem, setProblem] = useState<string>();
  const [round, setRound] = useState(0);
  useEffect(() => {
    const call = new AbortController();
    let timer: number | undefined;
    const run = async (): Promise<void> => {
      try {
        const answer = await ask(call.signal);
        if (call.signal.aborted) return;
        setValue(answer);
        setProblem(undefined);
      } catch (error) {
        if (call.signal.aborted) return;
        setProblem(wordsOf(error));
      }
      if (Number.isFinite(everyMs)) timer = window.setTimeout(() => void run(), everyMs);
    };
    void run();
    return () => {
      call.abort();
      clearTimeout(timer);
    };
    // `ask` is made anew with each drawing; the key says what it asks.
  }, [key, everyMs, round]);
  return { value, problem, again: () => setRound((last) => last + 1) };
}
