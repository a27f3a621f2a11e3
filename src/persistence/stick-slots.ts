import { Records, type AllocateBytes } from './stick-records.ts';

/** Words of an entry, all that a look-up reads. Words 0 to 3 are the key. */
const wordsPerEntry = 8;
const serverWord = 4;
const hashWord = 5;
const timeWord = 6;
/** A free slot holds the next free slot instead of a key. */
const freeWord = 0;

export const bytesPerSlot = 4 * wordsPerEntry;

/** Positions in the scalars. */
const used = 0;
const firstFree = 1;

/**
 * The entries of a stick table, apart from the links between them: a look-up follows links through few and dense
 * lines of memory, and then reads one line of the entry that it wants.
 *
 * Slots are numbered from 1; 0 means none, so memory that is all zero needs no preparation. A slot is in use
 * exactly while its server is not 0.
 */
export class StickSlots {
  readonly #entries: Records;
  readonly #scalars: Int32Array;

  constructor(allocate: AllocateBytes) {
    this.#entries = new Records(wordsPerEntry, allocate);
    this.#scalars = new Int32Array(allocate(8), 0, 2);
  }

  /** The highest slot ever taken. */
  get highest(): number {
    return this.#scalars[used] ?? 0;
  }

  get bytes(): number {
    return this.#entries.bytes;
  }

  /** One of the four words of the key, signed. */
  keyWord(slot: number, index: number): number {
    return this.#entries.get(slot, index);
  }

  /** All words are signed, as the table stores them. Hot path. */
  hasKey(slot: number, w0: number, w1: number, w2: number, w3: number): boolean {
    return this.#entries.startsWith(slot, w0, w1, w2, w3);
  }

  /** The hash of the key. Hot path. */
  hash(slot: number): number {
    return this.#entries.get(slot, hashWord);
  }

  /** The server's number, or 0 where the slot is not in use. Hot path. */
  server(slot: number): number {
    return this.#entries.get(slot, serverWord);
  }

  /** Hot path. */
  lastUsedMs(slot: number): number {
    return this.#entries.getDouble(slot, timeWord);
  }

  /** Hot path. */
  use(slot: number, server: number, nowMs: number): void {
    this.#entries.set(slot, serverWord, server);
    this.#entries.setDouble(slot, timeWord, nowMs);
  }

  /** Gives the key a slot, a released one if there is any. The slot is in use from `use` on. Hot path. */
  take(hash: number, w0: number, w1: number, w2: number, w3: number): number {
    const entries = this.#entries;
    let slot = this.#scalars[firstFree] ?? 0;
    if (slot === 0) slot = this.#takeUnused();
    else this.#scalars[firstFree] = entries.get(slot, freeWord);
    entries.set(slot, 0, w0);
    entries.set(slot, 1, w1);
    entries.set(slot, 2, w2);
    entries.set(slot, 3, w3);
    entries.set(slot, hashWord, hash);
    return slot;
  }

  /** Hot path. */
  release(slot: number): void {
    this.#entries.set(slot, serverWord, 0);
    this.#entries.set(slot, freeWord, this.#scalars[firstFree] ?? 0);
    this.#scalars[firstFree] = slot;
  }

  /** Takes memory for so many slots. */
  reserveAll(slots: number): void {
    this.#entries.reserveAll(slots);
  }

  /** Makes every slot free that is not in use, whatever its owner was doing when it died. */
  rebuild(): void {
    this.#scalars[firstFree] = 0;
    for (let slot = this.highest; slot > 0; slot--) if (this.server(slot) === 0) this.release(slot);
  }

  #takeUnused(): number {
    const slot = this.highest + 1;
    this.#entries.reserve(slot);
    this.#scalars[used] = slot;
    return slot;
  }
}
