import { durationCells, Durations } from '../../path/durations.ts';
import { noRefusals, type TrafficCounters } from '../../path/traffic-counters.ts';
import type { RefusalReason } from '../../facts/service-events.ts';
import { countWords, SharedCount } from './shared-count.ts';
import { Tally } from './tally.ts';

const counterNames = [
  'sessions',
  'sessionsTotal',
  'exchangesTotal',
  'refusedTotal',
  'droppedTotal',
  'bytesFromClients',
  'bytesFromServers',
] as const satisfies readonly (keyof TrafficCounters)[];
const sessionsColumn = 0;
const refusalReasons = Object.keys(noRefusals()) as readonly RefusalReason[];

/** A row of the tally: the counters, the refusals by reason, the durations. */
const firstRefusal = counterNames.length;
const firstDuration = firstRefusal + refusalReasons.length;
const columns = firstDuration + durationCells;

/** Memory for the counters of one listener, over all its runs. */
export function allocateCounters(rows: number): SharedArrayBuffer {
  return new SharedArrayBuffer(tallyStart(rows) + rows * columns * 8);
}

/** Before the tally: the count of client connections, two rows of words, and one word. */
function tallyStart(rows: number): number {
  return Math.ceil(((countWords(rows) + 2 * rows + 1) * 4) / 8) * 8;
}

/** The counters of one listener in all threads, over all its runs. */
export class SharedCounters {
  readonly memory: SharedArrayBuffer;
  readonly rows: number;
  /** Client connections of a listener, for its limit. */
  readonly connections: SharedCount;
  readonly #tally: Tally;
  /** How many wait for a server, by thread. */
  readonly #queued: Int32Array;
  /** Whether the listener of a thread has stopped accepting for lack of room. */
  readonly #isHeld: Int32Array;
  /** Whether all threads measure durations. */
  readonly #isMeasured: Int32Array;
  /** Those of this thread; undefined for one without sessions. */
  readonly #durations: Durations | undefined;
  readonly #own: number;

  /** @param row of this thread; undefined for one without sessions */
  constructor(memory: SharedArrayBuffer, rows: number, row: number | undefined) {
    const words = countWords(rows);
    this.memory = memory;
    this.rows = rows;
    this.connections = new SharedCount(new Int32Array(memory, 0, words), row);
    this.#queued = new Int32Array(memory, words * 4, rows);
    this.#isHeld = new Int32Array(memory, (words + rows) * 4, rows);
    this.#isMeasured = new Int32Array(memory, (words + 2 * rows) * 4, 1);
    const values = new Float64Array(memory, tallyStart(rows), rows * columns);
    this.#tally = new Tally(values, columns, row);
    if (row !== undefined) {
      const first = row * columns + firstDuration;
      this.#durations = new Durations(values.subarray(first, first + durationCells));
    }
    this.#own = row ?? -1;
  }

  /** How many wait for a server, in all threads. */
  get queued(): number {
    let sum = 0;
    for (let row = 0; row < this.rows; row++) sum += this.queuedIn(row);
    return sum;
  }

  queuedIn(row: number): number {
    return Atomics.load(this.#queued, row);
  }

  setQueued(count: number): void {
    Atomics.store(this.#queued, this.#own, count);
  }

  /** Does the listener of another thread than this one wait for room? Hot path. */
  get isAnotherHeld(): boolean {
    for (let row = 0; row < this.rows; row++) if (row !== this.#own && this.isHeldIn(row)) return true;
    return false;
  }

  isHeldIn(row: number): boolean {
    return Atomics.load(this.#isHeld, row) !== 0;
  }

  setHeld(isHeld: boolean): void {
    Atomics.store(this.#isHeld, this.#own, isHeld ? 1 : 0);
  }

  /** The counters of this thread; without a row, the sums of all, to read only. */
  get traffic(): TrafficCounters {
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- it has all that TrafficCounters has, elsewhere
    return new SharedTraffic(this.#tally, this.#isMeasured, this.#durations);
  }

  /** Writes the sums into plain counters. If those have durations, all threads measure them from now on. */
  copyInto(counters: TrafficCounters): void {
    const tally = this.#tally;
    for (const [column, name] of counterNames.entries()) counters[name] = tally.get(column);
    for (const [index, reason] of refusalReasons.entries())
      counters.refusals[reason] = tally.get(firstRefusal + index);
    if (counters.durations === undefined) return;
    Atomics.store(this.#isMeasured, 0, 1);
    const { cells } = counters.durations;
    for (const index of cells.keys()) cells[index] = tally.get(firstDuration + index);
  }

  /** Gives back what a thread that has ended held; what it has counted stays. @returns how many sessions */
  clearRow(row: number): number {
    const sessions = this.#tally.of(row, sessionsColumn);
    this.#tally.write(row, sessionsColumn, 0);
    Atomics.store(this.#queued, row, 0);
    Atomics.store(this.#isHeld, row, 0);
    this.connections.clearRow(row);
    return sessions;
  }
}

/** As {@link TrafficCounters}, over a tally. */
class SharedTraffic implements TrafficCounters {
  declare sessions: number;
  declare sessionsTotal: number;
  declare exchangesTotal: number;
  declare refusedTotal: number;
  declare droppedTotal: number;
  declare bytesFromClients: number;
  declare bytesFromServers: number;
  readonly refusals: SharedRefusals;
  readonly tally: Tally;
  readonly #isMeasured: Int32Array;
  readonly #durations: Durations | undefined;

  constructor(tally: Tally, isMeasured: Int32Array, durations: Durations | undefined) {
    this.tally = tally;
    this.refusals = new SharedRefusals(tally);
    this.#isMeasured = isMeasured;
    this.#durations = durations;
  }

  get durations(): Durations | undefined {
    return Atomics.load(this.#isMeasured, 0) === 0 ? undefined : this.#durations;
  }

  static {
    defineColumns(this, counterNames, 0);
  }
}

/** As `refusals` of {@link TrafficCounters}, over a tally. */
class SharedRefusals implements Record<RefusalReason, number> {
  declare 'no-server': number;
  declare 'queue-full': number;
  declare 'queue-timeout': number;
  declare 'bad-request': number;
  declare timeout: number;
  readonly tally: Tally;

  constructor(tally: Tally) {
    this.tally = tally;
  }

  static {
    defineColumns(this, refusalReasons, firstRefusal);
  }
}

/** Properties by these names that are columns of a tally. */
function defineColumns(
  of: { readonly prototype: { readonly tally: Tally } },
  names: readonly string[],
  first: number,
): void {
  for (const [index, name] of names.entries()) {
    Object.defineProperty(of.prototype, name, {
      get(this: { readonly tally: Tally }) {
        return this.tally.get(first + index);
      },
      set(this: { readonly tally: Tally }, value: number) {
        this.tally.set(first + index, value);
      },
    });
  }
}
