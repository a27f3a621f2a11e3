import { describe, expect, it } from 'vitest';
import { countWords, SharedCount } from '../../../../src/share/threads/shared-count.ts';
import type { CountUse } from '../../../support/programs/count-user.ts';
import { gateFor } from '../../../support/programs/gate.ts';
import { runInWorker } from '../../../support/typescript-worker.ts';

const program = new URL('../../../support/programs/count-user.ts', import.meta.url);

function wordsFor(rows: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * countWords(rows)));
}

describe('SharedCount', () => {
  it('sums what all threads have taken, up to the limit', () => {
    const words = wordsFor(2);
    const [first, second, reader] = [
      new SharedCount(words, 0),
      new SharedCount(words, 1),
      new SharedCount(words, undefined),
    ];
    expect([first.take(3), second.take(3), second.take(3), first.take(3)]).toEqual([true, true, true, false]);
    expect(reader.value).toBe(3);
    second.giveBack();
    expect([reader.value, first.take(3), second.take(Infinity)]).toEqual([2, true, true]);
  });

  it('gives back what a thread has that is no more', () => {
    const words = wordsFor(2);
    const [first, second] = [new SharedCount(words, 0), new SharedCount(words, 1)];
    for (let taken = 0; taken < 5; taken++) first.take(Infinity);
    second.take(Infinity);
    expect(second.clearRow(0)).toBe(5);
    expect([second.value, second.clearRow(0)]).toEqual([1, 0]);
  });

  it('is never above the limit, and comes to nothing in the end, whatever threads do at once', async () => {
    const words = wordsFor(3);
    const gate = gateFor(3);
    const use = (row: number): CountUse => ({ words, row, limit: 2, rounds: 200_000, gate });
    const seen = await Promise.all(
      [0, 1, 2].map((row) => runInWorker<readonly [number, number]>(program, 'useCount', use(row))),
    );
    expect(seen.map(([above]) => above)).toEqual([0, 0, 0]);
    expect(Math.min(...seen.map(([, taken]) => taken))).toBeGreaterThan(0);
    expect([...words]).toEqual([0, 0, 0, 0]);
  });
});
