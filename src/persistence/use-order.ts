import { Records, type AllocateBytes } from './stick-records.ts';

/** Words of a slot's neighbours. */
const newerWord = 0;
const olderWord = 1;

export const bytesPerUse = 8;

/** Positions in the scalars. */
const oldest = 0;
const newest = 1;

/**
 * The slots of a stick table in order of their last use. All entries live equally long after it, so they also expire
 * in this order.
 */
export class UseOrder {
  readonly #links: Records;
  readonly #scalars: Int32Array;

  constructor(allocate: AllocateBytes) {
    this.#links = new Records(bytesPerUse / 4, allocate);
    this.#scalars = new Int32Array(allocate(8), 0, 2);
  }

  get bytes(): number {
    return this.#links.bytes;
  }

  /** The least recently used slot, or 0. */
  get oldest(): number {
    return this.#scalars[oldest] ?? 0;
  }

  /** The most recently used slot, or 0. */
  get newest(): number {
    return this.#scalars[newest] ?? 0;
  }

  /** The slot used next after another, or the oldest after 0; 0 where there is none. */
  newer(slot: number): number {
    return slot === 0 ? this.oldest : this.#links.get(slot, newerWord);
  }

  /** Takes memory for so many slots. */
  reserveAll(slots: number): void {
    this.#links.reserveAll(slots);
  }

  /** Forgets every slot. */
  clear(): void {
    this.#scalars.fill(0);
  }

  /** Makes a new slot the one used last. Hot path. */
  add(slot: number): void {
    const before = this.newest;
    this.#links.reserve(slot);
    this.#links.set(slot, newerWord, 0);
    this.#links.set(slot, olderWord, before);
    if (before === 0) this.#scalars[oldest] = slot;
    else this.#links.set(before, newerWord, slot);
    this.#scalars[newest] = slot;
  }

  /** Gives a new slot its place behind another one, or the first place behind 0. Hot path. */
  insert(slot: number, after: number): void {
    const next = this.newer(after);
    if (next === 0) {
      this.add(slot);
      return;
    }
    this.#links.reserve(slot);
    this.#links.set(slot, newerWord, next);
    this.#links.set(slot, olderWord, after);
    this.#links.set(next, olderWord, slot);
    if (after === 0) this.#scalars[oldest] = slot;
    else this.#links.set(after, newerWord, slot);
  }

  /** Hot path. */
  remove(slot: number): void {
    const newer = this.#links.get(slot, newerWord);
    const older = this.#links.get(slot, olderWord);
    if (newer === 0) this.#scalars[newest] = older;
    else this.#links.set(newer, olderWord, older);
    if (older === 0) this.#scalars[oldest] = newer;
    else this.#links.set(older, newerWord, newer);
  }

  /** Makes a slot the one used last. Hot path. */
  renew(slot: number): void {
    if (this.#scalars[newest] === slot) return;
    this.remove(slot);
    this.add(slot);
  }
}
