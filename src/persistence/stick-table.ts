import { IpAddress } from '../model/address.ts';
import { OptionReader } from '../base/options.ts';
import { bytesPerBucket, bytesPerLink, StickIndex } from './stick-index.ts';
import type { AllocateBytes } from './stick-records.ts';
import { ServerNames } from './server-names.ts';
import { bytesPerSlot, StickSlots } from './stick-slots.ts';
import { bytesPerUse, UseOrder } from './use-order.ts';

/** What one entry costs in memory, in all: 32 bytes for itself, 8 for its place in the order of use, 8 to find it. */
export const stickTableBytesPerEntry = bytesPerSlot + bytesPerUse + bytesPerBucket + bytesPerLink;

/** Limits of a stick table, and where its memory comes from. */
export interface StickTableOptions {
  /** Milliseconds an entry is valid after its last use, 1 to a year, or Infinity. @default 1_800_000 (30 min) */
  readonly ttlMs?: number;
  /** Most entries, 1 to 2^28; the oldest goes when it is full. Memory is taken as used. @default 10_240_000 */
  readonly maxEntries?: number;
  /**
   * Key of the hash, 0 to 2^53-1. With a random one nobody can choose addresses that all collide, which
   * somebody with an IPv6 network of his own otherwise could. @default 0
   */
  readonly seed?: number;
  /** Where memory comes from, all zero. A SharedArrayBuffer will do. @default new ArrayBuffer(bytes) */
  readonly allocate?: AllocateBytes;
}

/** {@link StickTableOptions}, complete. */
export type ResolvedStickTableOptions = Required<StickTableOptions>;

/** Time and size are the defaults of HAProxy-based appliances: `stick-table size 10240k expire 30m`. */
export const stickTableDefaults: ResolvedStickTableOptions = {
  ttlMs: 1_800_000,
  maxEntries: 10_240_000,
  seed: 0,
  allocate: (bytes) => new ArrayBuffer(bytes),
};

/** The options that a configuration may state; `allocate` is for code alone. */
export function readStickTableOptions<Seed>(
  reader: OptionReader,
  seed: Seed,
): Omit<ResolvedStickTableOptions, 'allocate' | 'seed'> & { readonly seed: number | Seed } {
  const { ttlMs, maxEntries } = stickTableDefaults;
  return {
    ttlMs: reader.limit('ttlMs', { min: 1, max: 31_536_000_000, default: ttlMs }),
    maxEntries: reader.integer('maxEntries', { min: 1, max: 2 ** 28, default: maxEntries }),
    seed: reader.integer('seed', { min: 0, max: Number.MAX_SAFE_INTEGER, default: seed }),
  };
}

/** One entry, for inspection. */
export interface StickEntry {
  readonly address: IpAddress;
  readonly server: string;
  readonly expiresInMs: number;
}

/**
 * Remembers a server's name by a client's address: {@link stickTableBytesPerEntry} bytes an entry in flat memory,
 * taken in small steps and kept for reuse. The size of the table slows no call except `clearServer` and `entries`,
 * which visit all of it.
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
  #slots!: StickSlots;
  #index!: StickIndex;
  #order!: UseOrder;
  #size!: Int32Array;
  readonly #names: ServerNames;

  /** @throws OptionsError with every wrong option */
  constructor(options?: StickTableOptions);
  /** @internal */
  constructor(options: StickTableOptions, names: ServerNames);
  constructor(options: StickTableOptions = {}, names: ServerNames = new ServerNames()) {
    const reader = new OptionReader('stickTable', options);
    const allocate = reader.function('allocate', { default: stickTableDefaults.allocate }) as AllocateBytes;
    this.options = Object.freeze({ ...readStickTableOptions(reader, stickTableDefaults.seed), allocate });
    reader.finish();
    this.#ttlMs = this.options.ttlMs;
    this.#maxEntries = this.options.maxEntries;
    this.#names = names;
    this.#build();
  }

  /** Entries held, including expired ones that are not swept yet. */
  get size(): number {
    return this.#size[0] ?? 0;
  }

  /** Memory taken for entries and buckets. It is kept when entries go, until `clear`. */
  get bytes(): number {
    return this.#slots.bytes + this.#index.bytes + this.#order.bytes;
  }

  /** The server remembered for a key, unless the entry has expired. Changes nothing. Hot path. */
  find(w0: number, w1: number, w2: number, w3: number, nowMs: number): string | undefined {
    const slot = this.#find(w0, w1, w2, w3);
    if (slot === 0 || this.#isExpired(slot, nowMs)) return undefined;
    return this.#names.name(this.#slots.server(slot));
  }

  /** Remembers a server for a key from now on, instead of any other. Hot path. */
  put(w0: number, w1: number, w2: number, w3: number, server: string, nowMs: number): void {
    const hash = this.#index.hash(w0, w1, w2, w3);
    let slot = this.#index.find(hash, w0 | 0, w1 | 0, w2 | 0, w3 | 0);
    if (slot === 0) slot = this.#insert(hash, w0, w1, w2, w3, nowMs);
    else this.#order.renew(slot);
    this.#slots.use(slot, this.#names.number(server), nowMs);
  }

  /**
   * Counts as a use of a key that is remembered with that server, even if it has just expired: a key that is renewed
   * is in use all the time, and renewals may be late.
   *
   * @returns whether it is remembered so
   */
  renew(w0: number, w1: number, w2: number, w3: number, server: string, nowMs: number): boolean {
    const slot = this.#find(w0, w1, w2, w3);
    if (slot === 0) return false;
    const number = this.#slots.server(slot);
    if (this.#names.name(number) !== server) return false;
    this.#order.renew(slot);
    this.#slots.use(slot, number, nowMs);
    return true;
  }

  /** Forgets a key if it is remembered with that server. @returns whether it was */
  delete(w0: number, w1: number, w2: number, w3: number, server: string): boolean {
    const slot = this.#find(w0, w1, w2, w3);
    if (slot === 0 || this.#names.name(this.#slots.server(slot)) !== server) return false;
    this.#remove(slot);
    return true;
  }

  /** Removes expired entries, oldest first, at most `max` of them. @returns how many */
  sweep(nowMs: number, max: number): number {
    let removed = 0;
    for (; removed < max; removed++) {
      const oldest = this.#order.oldest;
      if (oldest === 0 || !this.#isExpired(oldest, nowMs)) break;
      this.#remove(oldest);
    }
    return removed;
  }

  /** Forgets everything and gives the memory back. */
  clear(): void {
    this.#names.clear();
    this.#build();
  }

  /** Forgets every client of one server, visiting the whole table. @returns how many */
  clearServer(server: string): number {
    const number = this.#names.number(server);
    const before = this.size;
    for (let slot = 1; slot <= this.#slots.highest; slot++) {
      if (this.#slots.server(slot) === number) this.#remove(slot);
    }
    return before - this.size;
  }

  /**
   * All entries that have not expired, in no particular order. The table may change meanwhile: entries that
   * come or go during the iteration are seen or not, the others are seen once.
   */
  *entries(nowMs: number): Generator<StickEntry, void, undefined> {
    for (let slot = 1; slot <= this.#slots.highest; slot++) {
      const server = this.#names.name(this.#slots.server(slot));
      if (!server || this.#isExpired(slot, nowMs)) continue;
      const word = (index: number): number => this.#slots.keyWord(slot, index) >>> 0;
      const expiresInMs = this.#slots.lastUsedMs(slot) + this.#ttlMs - nowMs;
      yield { address: new IpAddress().set(word(0), word(1), word(2), word(3)), server, expiresInMs };
    }
  }

  /** Takes memory for everything at once. @internal */
  protected reserveAll(): void {
    this.#slots.reserveAll(this.#maxEntries);
    this.#index.reserveAll(this.#maxEntries);
    this.#order.reserveAll(this.#maxEntries);
  }

  /**
   * Rebuilds index, order and free slots from the entries alone, whatever state they were left in.
   *
   * @internal
   */
  protected rebuild(): void {
    const slots: number[] = [];
    this.#slots.rebuild();
    for (let slot = 1; slot <= this.#slots.highest; slot++)
      if (this.#slots.server(slot) !== 0) slots.push(slot);
    slots.sort((a, b) => this.#slots.lastUsedMs(a) - this.#slots.lastUsedMs(b));
    this.#index.clear();
    this.#order.clear();
    for (const [index, slot] of slots.entries()) {
      this.#index.add(slot, index + 1);
      this.#order.add(slot);
    }
    this.#size[0] = slots.length;
  }

  #build(): void {
    const { allocate, maxEntries, seed } = this.options;
    this.#slots = new StickSlots(allocate);
    this.#index = new StickIndex(this.#slots, maxEntries, seed, allocate);
    this.#order = new UseOrder(allocate);
    this.#size = new Int32Array(allocate(4), 0, 1);
  }

  #find(w0: number, w1: number, w2: number, w3: number): number {
    return this.#index.find(this.#index.hash(w0, w1, w2, w3), w0 | 0, w1 | 0, w2 | 0, w3 | 0);
  }

  #isExpired(slot: number, nowMs: number): boolean {
    return nowMs - this.#slots.lastUsedMs(slot) >= this.#ttlMs;
  }

  #insert(hash: number, w0: number, w1: number, w2: number, w3: number, nowMs: number): number {
    const oldest = this.#order.oldest;
    // Taking an expired entry's place even where there is room keeps memory at what is live, unswept or not.
    if (oldest !== 0 && (this.size >= this.#maxEntries || this.#isExpired(oldest, nowMs)))
      this.#remove(oldest);
    const slot = this.#slots.take(hash, w0, w1, w2, w3);
    this.#size[0] = this.size + 1;
    this.#index.add(slot, this.size);
    this.#order.add(slot);
    return slot;
  }

  #remove(slot: number): void {
    this.#index.remove(slot);
    this.#order.remove(slot);
    this.#slots.release(slot);
    this.#size[0] = this.size - 1;
  }
}
