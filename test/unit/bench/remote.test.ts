import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Remote } from '../../../bench/peers/load/remote.ts';

const program = new URL('../../support/programs/at-times-silent.ts', import.meta.url);

interface Question {
  /** Milliseconds to the answer; null for none. */
  readonly afterMs: number | null;
  readonly isToFail: boolean;
}

const now: Question = { afterMs: 0, isToFail: false };
const never: Question = { afterMs: null, isToFail: false };

describe('a program that the benchmarks ask', () => {
  let remote: Remote<Question, number>;

  beforeEach(() => {
    remote = new Remote(program.href, 3_000);
  });
  afterEach(() => {
    remote.stop();
  });

  it('stays the same from question to question, and after one at which it failed', async () => {
    const first = await remote.ask(now);
    await expect(remote.ask({ ...now, isToFail: true })).rejects.toThrow('as the test wants');
    expect(await remote.ask(now)).toBe(first);
  });

  it(
    'is another one after a question that it did not answer, and answers the next one',
    { timeout: 15_000 },
    async () => {
      const first = await remote.ask(now);
      await expect(remote.ask(never)).rejects.toThrow('no longer answers');
      const second = await remote.ask(now);
      expect(second).not.toBe(first);
      expect(() => process.kill(first, 0)).toThrow('ESRCH');
    },
  );
});
