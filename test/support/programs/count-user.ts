import { passTogether, type Gate } from './gate.ts';
import { SharedCount } from '../../../src/share/threads/shared-count.ts';

/** What a thread does with a count that others use as well. */
export interface CountUse {
  readonly words: Int32Array;
  readonly row: number;
  readonly limit: number;
  readonly rounds: number;
  /** Where threads that are to begin together meet. */
  readonly gate: Gate;
}

/** Takes and gives back. @returns how often the sum was seen above the limit, and how often there was room */
export function useCount({
  words,
  row,
  limit,
  rounds,
  gate,
}: CountUse): readonly [above: number, taken: number] {
  passTogether(gate);
  const count = new SharedCount(words, row);
  let above = 0;
  let taken = 0;
  // Others that are held up while they have something take all room for as long: goes on until there was some.
  for (let round = 0; round < rounds || taken === 0; round++) {
    const hasRoom = count.take(limit);
    if (count.value > limit) above += 1;
    if (!hasRoom) continue;
    taken += 1;
    count.giveBack();
  }
  return [above, taken];
}
