import { passTogether, type Gate } from './gate.ts';
import { SharedStickTable, type StickTableShare } from '../../../src/persistence/shared-stick-table.ts';

/** What a thread does with a table that others use as well. */
export interface TableUse {
  readonly share: StickTableShare;
  readonly row: number;
  readonly keys: number;
  readonly rounds: number;
  /** Where threads that are to begin together meet. */
  readonly gate: Gate;
}

/** Fills, asks, changes and deletes in an order of its own. @returns how often it found what nobody has put */
export function useTable({ share, row, keys, rounds, gate }: TableUse): number {
  const table = SharedStickTable.join(share, row);
  passTogether(gate);
  let wrong = 0;
  let state = row + 1;
  for (let round = 0; round < rounds; round++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const key = (state >>> 8) % keys;
    const found = table.find(0, 0, 0xffff, key, round);
    if (found !== undefined && !found.startsWith(`k${key % 50}-`)) wrong += 1;
    if (state % 16 === 0 && found !== undefined) table.delete(0, 0, 0xffff, key, found);
    else table.put(0, 0, 0xffff, key, `k${key % 50}-${row}`, round);
  }
  return wrong;
}

/** Claims every key for itself. @returns those that it got */
export function claimAll({ share, row, keys, gate }: TableUse): number[] {
  const table = SharedStickTable.join(share, row);
  passTogether(gate);
  const all = Array.from({ length: keys }, (_, key) => key);
  return all.filter((key) => table.claim(0, 0, 0xffff, key, `thread-${row}`, undefined, 0));
}

/** Dies within a call, as one does that is terminated there. */
export function dieInside({ share, row }: TableUse): void {
  const table = SharedStickTable.join(share, row);
  Atomics.store = () => process.exit();
  table.put(0, 0, 0xffff, 1, 'last', 0);
}
