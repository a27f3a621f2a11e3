/**
 * What is measured of the traffic of a listener:
 *
 * - `session`: a client connection or a flow, from beginning to end, served or not
 * - `exchange`: an HTTP request, from its head to the last byte of the answer
 * - `connect`: a connect to a server that succeeds
 * - `queue`: the wait for a full server, whatever it ends with
 */
export type DurationKind = 'session' | 'exchange' | 'connect' | 'queue';

/**
 * The longest that each bucket has, in milliseconds: from a connect within a room to the transfer of a whole archive.
 * One more bucket has what takes longer.
 */
export const durationBoundsMs: readonly number[] = [
  1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000, 1_800_000,
];

/** Durations of one kind, as plain data. */
export interface DurationCounts {
  /** How many there were in each bucket: one for each of {@link durationBoundsMs}, and one above all. */
  readonly counts: readonly number[];
  /** The sum of all, milliseconds. */
  readonly totalMs: number;
}

/** The buckets of one kind, and the sum behind them. */
const width = durationBoundsMs.length + 2;

const firstCells: Readonly<Record<DurationKind, number>> = {
  session: 0,
  exchange: width,
  connect: 2 * width,
  queue: 3 * width,
};

/** Numbers that the durations of one listener take. */
export const durationCells = 4 * width;

/** Counts how long things take, in memory that may be shared. */
export class Durations {
  readonly cells: Float64Array;

  /** @param cells as many as {@link durationCells} */
  constructor(cells: Float64Array = new Float64Array(durationCells)) {
    this.cells = cells;
  }

  /** Adds one duration to its bucket and to the sum. Hot path. */
  add(kind: DurationKind, ms: number): void {
    const first = firstCells[kind];
    let bucket = 0;
    while (ms > (durationBoundsMs[bucket] ?? Infinity)) bucket += 1;
    this.#raise(first + bucket, 1);
    this.#raise(first + width - 1, ms);
  }

  describe(): Readonly<Record<DurationKind, DurationCounts>> {
    return {
      session: this.#describe('session'),
      exchange: this.#describe('exchange'),
      connect: this.#describe('connect'),
      queue: this.#describe('queue'),
    };
  }

  #describe(kind: DurationKind): DurationCounts {
    const first = firstCells[kind];
    const last = first + width - 1;
    return { counts: [...this.cells.subarray(first, last)], totalMs: this.cells[last] ?? 0 };
  }

  #raise(cell: number, by: number): void {
    this.cells[cell] = (this.cells[cell] ?? 0) + by;
  }
}
