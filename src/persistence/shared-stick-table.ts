import { SharedNames } from './shared-names.ts';
import { StickTable, type ResolvedStickTableOptions, type StickEntry } from './stick-table.ts';
import { TableLock } from './table-lock.ts';

/** A table's settings, without where its memory comes from. */
type Settings = Omit<ResolvedStickTableOptions, 'allocate'>;

/** A table as it goes to another thread. */
export interface StickTableShare {
  /** Unique in the process. */
  readonly id: number;
  readonly settings: Settings;
  /** Every thread asks for it in this order. */
  readonly memory: readonly SharedArrayBuffer[];
}

/** The number of the main thread for locks; workers have 2 and so on. */
const mainThread = 1;
/** A worker holds the lock for microseconds: one that holds it longer is dead. */
const mainWaitMs = 1000;

let lastId = 0;

/**
 * A stick table that several threads use at once: each call is under a lock. All its memory is reserved when it is
 * first used: threads cannot hand each other memory in the middle of a call. The system provides it only as it is
 * written to.
 *
 * The thread that made the table outlives the others, and frees the lock of one that died inside a call.
 */
export class SharedStickTable extends StickTable {
  readonly #id: number;
  readonly #memory: SharedArrayBuffer[];
  readonly #names: SharedNames;
  readonly #lock: TableLock;
  readonly #isMaker: boolean;
  #isReserved = false;

  /** A new table. */
  static make(settings: Settings): SharedStickTable {
    const memory: SharedArrayBuffer[] = [];
    const allocate = (bytes: number): SharedArrayBuffer => {
      const taken = new SharedArrayBuffer(bytes);
      memory.push(taken);
      return taken;
    };
    lastId += 1;
    return new SharedStickTable(lastId, { ...settings, allocate }, memory, mainThread);
  }

  /** The table of another thread in this one. @param row of this thread, from 0 */
  static join({ id, settings, memory }: StickTableShare, row: number): SharedStickTable {
    let next = 0;
    const allocate = (): SharedArrayBuffer => {
      const taken = memory[next++];
      if (taken === undefined) throw new RangeError('the shared table has no such memory');
      return taken;
    };
    const table = new SharedStickTable(id, { ...settings, allocate }, memory, mainThread + 1 + row);
    table.#reserve();
    return table;
  }

  private constructor(
    id: number,
    options: ResolvedStickTableOptions,
    memory: readonly SharedArrayBuffer[],
    own: number,
  ) {
    const names = new SharedNames(options.allocate);
    super(options, names);
    this.#id = id;
    this.#memory = memory as SharedArrayBuffer[];
    this.#names = names;
    this.#lock = new TableLock(options.allocate, own);
    this.#isMaker = own === mainThread;
  }

  /** For another thread to join. */
  share(): StickTableShare {
    this.#reserve();
    const { ttlMs, maxEntries, seed } = this.options;
    return { id: this.#id, settings: { ttlMs, maxEntries, seed }, memory: this.#memory };
  }

  /** A thread has died, perhaps inside a call: repairs what it left. */
  onThreadLost(row: number): void {
    if (!this.#lock.takeOver(mainThread + 1 + row)) return;
    try {
      this.rebuild();
    } finally {
      this.#lock.leave();
    }
  }

  /** Hot path. */
  override find(w0: number, w1: number, w2: number, w3: number, nowMs: number): string | undefined {
    this.#enter();
    try {
      return super.find(w0, w1, w2, w3, nowMs);
    } finally {
      this.#lock.leave();
    }
  }

  /** Hot path. */
  override put(w0: number, w1: number, w2: number, w3: number, server: string, nowMs: number): void {
    this.#enter();
    try {
      this.#put(w0, w1, w2, w3, server, nowMs);
    } finally {
      this.#lock.leave();
    }
  }

  /**
   * As `put`, unless the key is now remembered with another server than the one seen. Hot path.
   *
   * @param seen undefined for none
   * @returns whether it was put
   */
  claim(
    w0: number,
    w1: number,
    w2: number,
    w3: number,
    server: string,
    seen: string | undefined,
    nowMs: number,
  ): boolean {
    this.#enter();
    try {
      const present = super.find(w0, w1, w2, w3, nowMs);
      if (present !== undefined && present !== seen && present !== server) return false;
      this.#put(w0, w1, w2, w3, server, nowMs);
      return true;
    } finally {
      this.#lock.leave();
    }
  }

  override renew(w0: number, w1: number, w2: number, w3: number, server: string, nowMs: number): boolean {
    return this.#locked(() => super.renew(w0, w1, w2, w3, server, nowMs));
  }

  override delete(w0: number, w1: number, w2: number, w3: number, server: string): boolean {
    return this.#locked(() => super.delete(w0, w1, w2, w3, server));
  }

  override sweep(nowMs: number, max: number): number {
    return this.#locked(() => super.sweep(nowMs, max));
  }

  override clearServer(server: string): number {
    return this.#locked(() => super.clearServer(server));
  }

  /** Forgets everything. The memory stays: other threads use it, too. */
  override clear(): void {
    this.sweep(Infinity, Infinity);
  }

  override *entries(nowMs: number): Generator<StickEntry, void, undefined> {
    yield* this.#locked(() => [...super.entries(nowMs)]);
  }

  #put(w0: number, w1: number, w2: number, w3: number, server: string, nowMs: number): void {
    // A name is not remembered where the list has no place left for it.
    if (this.#names.number(server) !== 0) super.put(w0, w1, w2, w3, server, nowMs);
  }

  #locked<T>(work: () => T): T {
    this.#enter();
    try {
      return work();
    } finally {
      this.#lock.leave();
    }
  }

  #enter(): void {
    if (!this.#isReserved) this.#reserve();
    if (!this.#isMaker) this.#lock.enter();
    else this.#enterAsMaker();
  }

  /** The maker cannot wait for ever: it is the thread that hears of deaths. */
  #enterAsMaker(): void {
    for (let holder = this.#lock.enter(mainWaitMs); holder !== 0; holder = this.#lock.enter(mainWaitMs)) {
      if (!this.#lock.takeOver(holder)) continue;
      this.rebuild();
      return;
    }
  }

  #reserve(): void {
    if (this.#isReserved) return;
    this.#isReserved = true;
    this.reserveAll();
  }
}
