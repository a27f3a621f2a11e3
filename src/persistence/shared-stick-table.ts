import { SharedNames } from './shared-names.ts';
import { StickMemory } from './stick-memory.ts';
import type { AllocateBytes } from './stick-records.ts';
import { StickTable, type EntryVisitor, type StickEntry, type StickTableLimits } from './stick-table.ts';
import type { ResolvedStickTableOptions } from './stick-table-options.ts';
import { TableLock } from './table-lock.ts';

/** A table's settings, without where its memory comes from. */
type Settings = Omit<ResolvedStickTableOptions, 'allocate'>;

/** A table as it goes to another thread. */
export interface StickTableShare {
  /** Unique in the process. */
  readonly id: number;
  readonly settings: Settings;
  /** Entries that its memory is for. */
  readonly capacity: number;
  /** Every thread asks for it in this order. */
  readonly memory: readonly SharedArrayBuffer[];
}

/** Memory that threads share, and what they need to use it together. */
interface SharedMemory {
  readonly buffers: SharedArrayBuffer[];
  readonly entries: StickMemory;
  readonly names: SharedNames;
  readonly lock: TableLock;
  /** Whether all of it was taken. */
  isReserved: boolean;
}

/** The number of the main thread for locks; workers have 2 and so on. */
const mainThread = 1;
/** A worker holds the lock for microseconds: one that holds it longer is dead. */
const mainWaitMs = 1000;

/**
 * A stick table that several threads use at once: each call is under a lock. All its memory is reserved when it is
 * first used: threads cannot hand each other memory in the middle of a call. The system provides it only as it is
 * written to.
 *
 * The thread that made the table outlives the others, and frees the lock of one that died inside a call.
 */
export class SharedStickTable extends StickTable {
  readonly #id: number;
  readonly #shared: SharedMemory;
  readonly #names: SharedNames;
  readonly #lock: TableLock;
  readonly #isMaker: boolean;

  /** A new table. */
  static make(settings: Settings): SharedStickTable {
    const buffers: SharedArrayBuffer[] = [];
    const allocate = (bytes: number): SharedArrayBuffer => {
      const taken = new SharedArrayBuffer(bytes);
      buffers.push(taken);
      return taken;
    };
    const { maxEntries: capacity, seed } = settings;
    return new SharedStickTable(
      nextId(),
      settings,
      openMemory(capacity, seed, buffers, allocate, mainThread),
    );
  }

  /** The table of another thread in this one. @param row of this thread, from 0 */
  static join({ id, settings, capacity, memory }: StickTableShare, row: number): SharedStickTable {
    let next = 0;
    const allocate = (): SharedArrayBuffer => {
      const taken = memory[next++];
      if (taken === undefined) throw new RangeError('the shared table has no such memory');
      return taken;
    };
    const shared = openMemory(capacity, settings.seed, [...memory], allocate, mainThread + 1 + row);
    const table = new SharedStickTable(id, settings, shared, false);
    table.#reserve();
    return table;
  }

  private constructor(id: number, settings: Settings, shared: SharedMemory, isMaker = true) {
    super(settings, shared.entries);
    this.#id = id;
    this.#shared = shared;
    this.#names = shared.names;
    this.#lock = shared.lock;
    this.#isMaker = isMaker;
  }

  /** For another thread to join. */
  share(): StickTableShare {
    this.#reserve();
    const { ttlMs, maxEntries, seed } = this.options;
    const { entries, buffers } = this.#shared;
    return {
      id: this.#id,
      settings: { ttlMs, maxEntries, seed },
      capacity: entries.capacity,
      memory: buffers,
    };
  }

  /** A thread has died, perhaps inside a call: repairs what it left. */
  onThreadLost(row: number): void {
    if (!this.#lock.takeOver(mainThread + 1 + row)) return;
    try {
      this.#shared.entries.rebuild();
    } finally {
      this.#lock.leave();
    }
  }

  override withLimits({ ttlMs, maxEntries }: StickTableLimits): SharedStickTable | undefined {
    if (maxEntries > this.#shared.entries.capacity) return undefined;
    const { seed } = this.options;
    return new SharedStickTable(nextId(), { ttlMs, maxEntries, seed }, this.#shared);
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

  override adopt(...args: Parameters<StickTable['adopt']>): boolean {
    return this.#locked(() => this.#names.number(args[4]) !== 0 && super.adopt(...args));
  }

  override entry(...args: Parameters<StickTable['entry']>): StickEntry | undefined {
    return this.#locked(() => super.entry(...args));
  }

  /** The lock is held for the time of one call. */
  override visit(from: number, visitor: EntryVisitor): number {
    return this.#locked(() => super.visit(from, visitor));
  }

  /** Forgets everything. The memory stays: other threads use it, too. */
  override clear(): void {
    for (let from = 1; from > 0;) from = this.visit(from, () => true);
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
    if (!this.#shared.isReserved) this.#reserve();
    if (!this.#isMaker) this.#lock.enter();
    else this.#enterAsMaker();
  }

  /** The maker cannot wait for ever: it is the thread that hears of deaths. */
  #enterAsMaker(): void {
    for (let holder = this.#lock.enter(mainWaitMs); holder !== 0; holder = this.#lock.enter(mainWaitMs)) {
      if (!this.#lock.takeOver(holder)) continue;
      this.#shared.entries.rebuild();
      return;
    }
  }

  #reserve(): void {
    if (this.#shared.isReserved) return;
    this.#shared.isReserved = true;
    this.#shared.entries.reserveAll();
  }
}

let lastId = 0;

function nextId(): number {
  lastId += 1;
  return lastId;
}

/** Asks for memory in the same order in every thread. @param own number of this thread for the lock */
function openMemory(
  capacity: number,
  seed: number,
  buffers: SharedArrayBuffer[],
  allocate: AllocateBytes,
  own: number,
): SharedMemory {
  const names = new SharedNames(allocate);
  const entries = new StickMemory({ capacity, seed, allocate }, names);
  return { buffers, entries, names, lock: new TableLock(allocate, own), isReserved: false };
}
