import { answerQuestions } from '../../../bench/peers/load/remote.ts';

/** Says which process it is, after so many milliseconds, or never where that is null; or fails. */
answerQuestions(async ({ afterMs, isToFail }: { afterMs: number | null; isToFail: boolean }) => {
  if (isToFail) throw new Error('as the test wants');
  await new Promise((resolve) => {
    if (afterMs !== null) setTimeout(resolve, afterMs);
  });
  return process.pid;
});
