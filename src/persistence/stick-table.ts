// Over 250 lines because whatever changes an entry is here; much of it is documentation.
import { IpAddress } from '../model/address.ts';
import { OptionReader } from '../base/options.ts';
import { ServerNames } from './server-names.ts';
import { StickMemory } from './stick-memory.ts';
import {
  readStickTableOptions,
  stickTableDefaults,
  type ResolvedStickTableOptions,
  type StickTableOptions,
} from './stick-table-options.ts';
import type { AllocateBytes } from './stick-records.ts';

/** One entry, for inspection. */
export interface StickEntry {
  readonly address: IpAddress;
  readonly server: string;
  readonly expiresInMs: number;
}

/** What a table may hold, and for how long. */
export type StickTableLimits = Pick<ResolvedStickTableOptions, 'ttlMs' | 'maxEntries'>;

/**
 * Is shown an entry, expired or not: the unsigned words of its key, its server, and when it was used last.
 *
 * @returns whether the table is to forget it
 */
export type EntryVisitor = (
  w0: number,
  w1: number,
  w2: number,
  w3: number,
  server: string,
  lastUsedMs: number,
) => boolean;

/** The most slots that one call of `visit` shows: some ten microseconds. */
export const slotsPerVisit = 256;

/** Entries that go for a new one at most. The second one goes where a limit was lowered: the table shrinks as it is used. */
const maxEvictions = 2;

/**
 * Remembers a server's name by a client's address: `stickTableBytesPerEntry` bytes an entry in flat memory, taken in
 * small steps and kept for reuse. The size of the table slows no call except `clearServer` and `entries`, which visit
 * all of it.
 *
 * An entry is valid while `nowMs - lastUse < ttlMs`. Expired ones go when they are swept, or when their place
 * is needed. Time is an argument and must not go backwards.
 *
 * Keys are the four words of an {@link IpAddress}, signed or unsigned.
 */
export class StickTable {
  readonly options: ResolvedStickTableOptions;
  readonly #ttlMs: number;
  readonly #maxEntries: number;
  readonly #memory: StickMemory;
  /** Where `adopt` put an entry last: the next one often belongs behind it. */
  #adopted = 0;

  /** @throws OptionsError with every wrong option */
  constructor(options?: StickTableOptions);
  /** @internal */
  constructor(options: StickTableOptions, memory: StickMemory);
  constructor(options: StickTableOptions = {}, memory?: StickMemory) {
    const reader = new OptionReader('stickTable', options);
    const allocate = reader.function('allocate', { default: stickTableDefaults.allocate }) as AllocateBytes;
    this.options = Object.freeze({ ...readStickTableOptions(reader, stickTableDefaults.seed), allocate });
    reader.finish();
    this.#ttlMs = this.options.ttlMs;
    this.#maxEntries = this.options.maxEntries;
    this.#memory = memory ?? makeMemory(this.options);
  }

  /** Entries held, including expired ones that are not swept yet. */
  get size(): number {
    return this.#memory.size;
  }

  /** Memory taken for entries and buckets. It is kept when entries go, until `clear`. */
  get bytes(): number {
    return this.#memory.bytes;
  }

  /** The server remembered for a key, unless the entry has expired. Changes nothing. Hot path. */
  find(w0: number, w1: number, w2: number, w3: number, nowMs: number): string | undefined {
    const { slots, names } = this.#memory;
    const slot = this.#memory.find(w0, w1, w2, w3);
    if (slot === 0 || this.#isExpired(slots.lastUsedMs(slot), nowMs)) return undefined;
    return names.name(slots.server(slot));
  }

  /** Remembers a server for a key from now on, instead of any other. Hot path. */
  put(w0: number, w1: number, w2: number, w3: number, server: string, nowMs: number): void {
    const { index, order, slots, names } = this.#memory;
    const hash = index.hash(w0, w1, w2, w3);
    let slot = index.find(hash, w0 | 0, w1 | 0, w2 | 0, w3 | 0);
    if (slot === 0) {
      this.#makeRoom(nowMs);
      slot = this.#memory.insert(hash, w0, w1, w2, w3, order.newest);
    } else order.renew(slot);
    slots.use(slot, names.number(server), nowMs);
  }

  /**
   * Counts as a use of a key that is remembered with that server, even if it has just expired: a key that is renewed
   * is in use all the time, and renewals may be late.
   *
   * @returns whether it is remembered so
   */
  renew(w0: number, w1: number, w2: number, w3: number, server: string, nowMs: number): boolean {
    const { order, slots } = this.#memory;
    const slot = this.#memory.find(w0, w1, w2, w3);
    if (slot === 0 || !this.#isOf(slot, server)) return false;
    order.renew(slot);
    slots.use(slot, slots.server(slot), nowMs);
    return true;
  }

  /** Forgets a key if it is remembered with that server. @returns whether it was */
  delete(w0: number, w1: number, w2: number, w3: number, server: string): boolean {
    const slot = this.#memory.find(w0, w1, w2, w3);
    if (slot === 0 || !this.#isOf(slot, server)) return false;
    this.#memory.remove(slot);
    return true;
  }

  /**
   * Takes over an entry from elsewhere, such as a snapshot, unless it has expired or the key was used here since. Where
   * entries come in the order of their last use, each costs as little as a `put`.
   *
   * @param usedMs its last use, on the clock of `nowMs`; not after it
   * @returns whether it was taken
   */
  adopt(
    w0: number,
    w1: number,
    w2: number,
    w3: number,
    server: string,
    usedMs: number,
    nowMs: number,
  ): boolean {
    const { index, order, slots, names } = this.#memory;
    if (this.#isExpired(usedMs, nowMs)) return false;
    const hash = index.hash(w0, w1, w2, w3);
    const present = index.find(hash, w0 | 0, w1 | 0, w2 | 0, w3 | 0);
    if (present !== 0 && slots.lastUsedMs(present) >= usedMs) return false;
    const isFull = present === 0 && this.size >= this.#maxEntries;
    // It would be the first to go.
    if (isFull && slots.lastUsedMs(order.oldest) >= usedMs) return false;
    if (present !== 0) this.#memory.remove(present);
    this.#makeRoom(nowMs);
    const slot = this.#memory.insert(hash, w0, w1, w2, w3, this.#placeFor(usedMs));
    slots.use(slot, names.number(server), usedMs);
    this.#adopted = slot;
    return true;
  }

  /** Removes expired entries, oldest first, at most `max` of them. @returns how many */
  sweep(nowMs: number, max: number): number {
    const { order, slots } = this.#memory;
    let removed = 0;
    for (; removed < max; removed++) {
      const { oldest } = order;
      if (oldest === 0 || !this.#isExpired(slots.lastUsedMs(oldest), nowMs)) break;
      this.#memory.remove(oldest);
    }
    return removed;
  }

  /** Forgets everything and gives the memory back. */
  clear(): void {
    this.#memory.clear();
  }

  /** Forgets every client of one server, visiting the whole table. @returns how many */
  clearServer(server: string): number {
    let cleared = 0;
    const isGone: EntryVisitor = (_w0, _w1, _w2, _w3, name) => {
      if (name !== server) return false;
      cleared += 1;
      return true;
    };
    for (let from = 1; from > 0;) from = this.visit(from, isGone);
    return cleared;
  }

  /** What is remembered for a key, unless it has expired. */
  entry(w0: number, w1: number, w2: number, w3: number, nowMs: number): StickEntry | undefined {
    const { slots, names } = this.#memory;
    const slot = this.#memory.find(w0, w1, w2, w3);
    const server = names.name(slots.server(slot));
    if (!server || this.#isExpired(slots.lastUsedMs(slot), nowMs)) return undefined;
    return this.#describe(w0, w1, w2, w3, server, slots.lastUsedMs(slot), nowMs);
  }

  /**
   * All entries that have not expired, in no particular order. The table may change meanwhile: entries that
   * come or go during the iteration are seen or not, the others are seen once.
   */
  *entries(nowMs: number): Generator<StickEntry, void, undefined> {
    for (let from = 1; from > 0;) {
      const batch: StickEntry[] = [];
      from = this.visit(from, (w0, w1, w2, w3, server, lastUsedMs) => {
        if (this.#isExpired(lastUsedMs, nowMs)) return false;
        batch.push(this.#describe(w0, w1, w2, w3, server, lastUsedMs, nowMs));
        return false;
      });
      yield* batch;
    }
  }

  /**
   * Visits some of the entries. The table may change between two calls: entries that come or go meanwhile are seen or
   * not, the others once. The visitor must not call the table.
   *
   * @param from 1 at first, and then what the last call returned
   * @returns where to go on, 0 at the end
   */
  visit(from: number, visitor: EntryVisitor): number {
    const { slots, names } = this.#memory;
    const end = Math.min(from + slotsPerVisit, slots.highest + 1);
    for (let slot = from; slot < end; slot++) {
      const server = names.name(slots.server(slot));
      if (!server) continue;
      const [w0, w1] = [slots.keyWord(slot, 0) >>> 0, slots.keyWord(slot, 1) >>> 0];
      const [w2, w3] = [slots.keyWord(slot, 2) >>> 0, slots.keyWord(slot, 3) >>> 0];
      if (visitor(w0, w1, w2, w3, server, slots.lastUsedMs(slot))) this.#memory.remove(slot);
    }
    return end > slots.highest ? 0 : end;
  }

  /**
   * The same entries under other limits. Both tables stay in use: what one learns, the other knows.
   *
   * @returns undefined where the memory cannot hold so many
   */
  withLimits({ ttlMs, maxEntries }: StickTableLimits): StickTable | undefined {
    if (maxEntries > this.#memory.capacity) return undefined;
    return new StickTable({ ...this.options, ttlMs, maxEntries }, this.#memory);
  }

  /** Whether both tables are the same entries. */
  hasEntriesOf(other: StickTable): boolean {
    return this.#memory === other.#memory;
  }

  #isOf(slot: number, server: string): boolean {
    const { slots, names } = this.#memory;
    return names.name(slots.server(slot)) === server;
  }

  #describe(
    w0: number,
    w1: number,
    w2: number,
    w3: number,
    server: string,
    lastUsedMs: number,
    nowMs: number,
  ): StickEntry {
    const address = new IpAddress().set(w0 >>> 0, w1 >>> 0, w2 >>> 0, w3 >>> 0);
    return { address, server, expiresInMs: lastUsedMs + this.#ttlMs - nowMs };
  }

  #isExpired(lastUsedMs: number, nowMs: number): boolean {
    return nowMs - lastUsedMs >= this.#ttlMs;
  }

  /** Taking an expired entry's place even where there is room keeps memory at what is live, unswept or not. */
  #makeRoom(nowMs: number): void {
    const { order, slots } = this.#memory;
    for (let evicted = 0; evicted < maxEvictions; evicted++) {
      const { oldest } = order;
      if (oldest === 0) return;
      if (this.size < this.#maxEntries && !this.#isExpired(slots.lastUsedMs(oldest), nowMs)) return;
      this.#memory.remove(oldest);
    }
  }

  /** Behind which slot an entry belongs in the order of use. */
  #placeFor(usedMs: number): number {
    const { order, slots } = this.#memory;
    const { newest } = order;
    if (newest === 0 || slots.lastUsedMs(newest) <= usedMs) return newest;
    const adopted = this.#adopted;
    let place = slots.server(adopted) !== 0 && slots.lastUsedMs(adopted) <= usedMs ? adopted : 0;
    for (let next = order.newer(place); slots.lastUsedMs(next) <= usedMs; next = order.newer(next))
      place = next;
    return place;
  }
}

/** Its capacity is what the links of its index can tell apart, where memory is taken as it is used. */
function makeMemory({ maxEntries, seed, allocate }: ResolvedStickTableOptions): StickMemory {
  const capacity = 2 ** (32 - Math.clz32(maxEntries)) - 1;
  return new StickMemory({ capacity, seed, allocate }, new ServerNames());
}
