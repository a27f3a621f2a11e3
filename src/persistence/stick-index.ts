import { hashWords } from '../base/half-sip-hash.ts';
import { Records, type AllocateBytes } from './stick-records.ts';
import type { StickSlots } from './stick-slots.ts';

/** Bytes of a bucket, and of the link from one slot to the next in its bucket. */
export const bytesPerBucket = 4;
export const bytesPerLink = 4;

/** A power of two. */
const bucketsAtFirst = 1024;

/** Positions in the scalars. */
const bucketCount = 0;
const hashMask = 1;

/**
 * Finds a slot by its key: chained buckets that grow by **linear hashing**. When there are more entries than buckets,
 * one bucket is added and one is split. Growth costs the same at any size, and there is never a moment when
 * everything is hashed again.
 *
 * A link is one word: the slot that it leads to and a **tag** in the bits that slots do not need. The tag is the
 * highest bits of that slot's hash. A look-up reads dense links until the tag is right, and only then an entry, which
 * is rarely the wrong one: entries are the slowest to read.
 */
export class StickIndex {
  readonly #slots: StickSlots;
  readonly #buckets: Records;
  readonly #links: Records;
  readonly #key0: number;
  readonly #key1: number;
  readonly #slotMask: number;
  readonly #scalars: Int32Array;

  /**
   * @param maxSlots the highest slot that there can be, below 2^31
   * @param seed 0 to 2^53-1; keeps bucket numbers unpredictable for an attacker who chooses the keys
   */
  constructor(slots: StickSlots, maxSlots: number, seed: number, allocate: AllocateBytes) {
    this.#slots = slots;
    this.#buckets = new Records(bytesPerBucket / 4, allocate);
    this.#links = new Records(bytesPerLink / 4, allocate);
    this.#key0 = seed | 0;
    this.#key1 = Math.floor(seed / 2 ** 32) | 0;
    this.#slotMask = 2 ** (32 - Math.clz32(maxSlots)) - 1;
    this.#scalars = new Int32Array(allocate(8), 0, 2);
    // Memory that another thread has used already stays as it is.
    if (this.#scalars[bucketCount] === 0) this.#startBuckets();
  }

  get bytes(): number {
    return this.#buckets.bytes + this.#links.bytes;
  }

  /** The hash of a key, for the other methods. Hot path. */
  hash(w0: number, w1: number, w2: number, w3: number): number {
    return hashWords(w0, w1, w2, w3, this.#key0, this.#key1);
  }

  /** The slot with that key, or 0. Hot path. */
  find(hash: number, w0: number, w1: number, w2: number, w3: number): number {
    const slotMask = this.#slotMask;
    let link = this.#buckets.get(this.#bucket(hash), 0);
    while (link !== 0) {
      const slot = link & slotMask;
      if (((link ^ hash) & ~slotMask) === 0 && this.#slots.hasKey(slot, w0, w1, w2, w3)) return slot;
      link = this.#links.get(slot, 0);
    }
    return 0;
  }

  /**
   * Adds a slot whose key is not there yet. Hot path.
   *
   * @param size how many entries there are with it
   */
  add(slot: number, size: number): void {
    this.#buckets.reserve(0);
    this.#links.reserve(slot);
    this.#push(slot);
    if (size > (this.#scalars[bucketCount] ?? 0)) this.#split();
  }

  /** Hot path. */
  remove(slot: number): void {
    const links = this.#links;
    const bucket = this.#bucket(this.#slots.hash(slot));
    let before = this.#buckets.get(bucket, 0) & this.#slotMask;
    if (before === slot) {
      this.#buckets.set(bucket, 0, links.get(slot, 0));
      return;
    }
    for (let next = this.#next(before); next !== slot; next = this.#next(before)) before = next;
    links.set(before, 0, links.get(slot, 0));
  }

  /** Takes memory for so many slots. */
  reserveAll(slots: number): void {
    this.#buckets.reserveAll(Math.max(slots, bucketsAtFirst));
    this.#links.reserveAll(slots);
  }

  /** Forgets every slot. */
  clear(): void {
    this.#buckets.zero();
    this.#startBuckets();
  }

  #startBuckets(): void {
    this.#scalars[bucketCount] = bucketsAtFirst;
    this.#scalars[hashMask] = bucketsAtFirst - 1;
  }

  /** Adds one bucket, and shares out the chain that its entries were in. */
  #split(): void {
    const added = this.#scalars[bucketCount] ?? 0;
    if (added > (this.#scalars[hashMask] ?? 0)) this.#scalars[hashMask] = added * 2 - 1;
    this.#buckets.reserve(added);
    this.#scalars[bucketCount] = added + 1;

    const source = added & ((this.#scalars[hashMask] ?? 0) >>> 1);
    let slot = this.#buckets.get(source, 0) & this.#slotMask;
    this.#buckets.set(source, 0, 0);
    while (slot !== 0) {
      const next = this.#next(slot);
      this.#push(slot);
      slot = next;
    }
  }

  /** Puts a slot first in its bucket. */
  #push(slot: number): void {
    const hash = this.#slots.hash(slot);
    const bucket = this.#bucket(hash);
    this.#links.set(slot, 0, this.#buckets.get(bucket, 0));
    this.#buckets.set(bucket, 0, (hash & ~this.#slotMask) | slot);
  }

  #next(slot: number): number {
    return this.#links.get(slot, 0) & this.#slotMask;
  }

  /** A bucket that is not split off yet is still part of the one without the highest bit. */
  #bucket(hash: number): number {
    const mask = this.#scalars[hashMask] ?? 0;
    const bucket = hash & mask;
    return bucket < (this.#scalars[bucketCount] ?? 0) ? bucket : bucket & (mask >>> 1);
  }
}
