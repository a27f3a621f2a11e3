import type { TrafficCounters } from '../../path/traffic-counters.ts';
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
const columns = counterNames.length;
const sessionsColumn = 0;

/** Memory for the counters of one listener, over all its runs. */
export function allocateCounters(rows: number): SharedArrayBuffer {
  return new SharedArrayBuffer(tallyStart(rows) + rows * columns * 8);
}

/** Before the tally: the count of client connections, and two rows of words. */
function tallyStart(rows: number): number {
  return Math.ceil(((countWords(rows) + 2 * rows) * 4) / 8) * 8;
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
  readonly #own: number;

  /** @param row of this thread; undefined for one without sessions */
  constructor(memory: SharedArrayBuffer, rows: number, row: number | undefined) {
    const words = countWords(rows);
    this.memory = memory;
    this.rows = rows;
    this.connections = new SharedCount(new Int32Array(memory, 0, words), row);
    this.#queued = new Int32Array(memory, words * 4, rows);
    this.#isHeld = new Int32Array(memory, (words + rows) * 4, rows);
    this.#tally = new Tally(new Float64Array(memory, tallyStart(rows), rows * columns), columns, row);
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
    return new SharedTraffic(this.#tally);
  }

  /** Writes the sums into plain counters. */
  copyInto(counters: TrafficCounters): void {
    for (const [column, name] of counterNames.entries()) counters[name] = this.#tally.get(column);
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
  readonly tally: Tally;

  constructor(tally: Tally) {
    this.tally = tally;
  }

  static {
    for (const [column, name] of counterNames.entries()) {
      Object.defineProperty(this.prototype, name, {
        get(this: SharedTraffic) {
          return this.tally.get(column);
        },
        set(this: SharedTraffic, value: number) {
          this.tally.set(column, value);
        },
      });
    }
  }
}
