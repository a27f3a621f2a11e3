import { ServerState, type Server, type ServerOptions } from '../../model/server.ts';
import { countWords, SharedCount } from './shared-count.ts';
import { Tally } from './tally.ts';

/** The columns of the tally. */
const sessionsTotal = 0;
const connectFailuresTotal = 1;
const bytesFromClients = 2;
const bytesFromServer = 3;
const columns = 4;

/** Memory for the counters of one server: a count, a flag, and after them a tally. */
export function allocateServer(rows: number): SharedArrayBuffer {
  return new SharedArrayBuffer(tallyStart(rows) + rows * columns * 8);
}

function tallyStart(rows: number): number {
  return Math.ceil(((countWords(rows) + 1) * 4) / 8) * 8;
}

/** What a pool keeps. */
export function asServer(server: SharedServer): Server {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- it has all that a Server has; only its counters lie elsewhere
  return server;
}

/**
 * A real server whose sessions are those of all threads: balancing and limits go by them. The other counters are
 * those of this thread, or of all for a thread without sessions.
 */
export class SharedServer extends ServerState implements Server {
  readonly memory: SharedArrayBuffer;
  readonly #count: SharedCount;
  readonly #tally: Tally;
  /** One word: clients failed to connect, in any thread, and none has connected since. */
  readonly #isFailing: Int32Array;

  /**
   * @param memory of {@link allocateServer}
   * @param row of this thread; undefined for one without sessions
   */
  constructor(options: ServerOptions, memory: SharedArrayBuffer, rows: number, row: number | undefined) {
    super(options);
    this.memory = memory;
    const words = countWords(rows);
    this.#count = new SharedCount(new Int32Array(memory, 0, words), row);
    this.#isFailing = new Int32Array(memory, words * 4, 1);
    this.#tally = new Tally(new Float64Array(memory, tallyStart(rows), rows * columns), columns, row);
  }

  get sessions(): number {
    return this.#count.value;
  }

  get sessionsTotal(): number {
    return this.#tally.get(sessionsTotal);
  }

  set sessionsTotal(value: number) {
    this.#tally.set(sessionsTotal, value);
  }

  get connectFailuresTotal(): number {
    return this.#tally.get(connectFailuresTotal);
  }

  set connectFailuresTotal(value: number) {
    this.#tally.set(connectFailuresTotal, value);
  }

  get bytesFromClients(): number {
    return this.#tally.get(bytesFromClients);
  }

  set bytesFromClients(value: number) {
    this.#tally.set(bytesFromClients, value);
  }

  get bytesFromServer(): number {
    return this.#tally.get(bytesFromServer);
  }

  set bytesFromServer(value: number) {
    this.#tally.set(bytesFromServer, value);
  }

  take(): boolean {
    if (!this.#count.take(this.maxSessions)) return false;
    this.sessionsTotal += 1;
    return true;
  }

  giveBack(): void {
    this.#count.giveBack();
  }

  /** Notes how a connect ended. Hot path. @returns whether the one before ended differently */
  noteConnect(hasFailed: boolean): boolean {
    const now = hasFailed ? 1 : 0;
    return Atomics.load(this.#isFailing, 0) !== now && Atomics.exchange(this.#isFailing, 0, now) !== now;
  }

  /** Gives back the leases of a thread that has ended. */
  clearRow(row: number): void {
    this.#count.clearRow(row);
  }
}
