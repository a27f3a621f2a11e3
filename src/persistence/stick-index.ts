import { hashWords } from './half-sip-hash.ts';
import { nextWord, type AllocateBytes, type StickSlots } from './stick-slots.ts';

export const bytesPerBucket = 4;

const bucketsPerChunkBits = 12;
const bucketsPerChunk = 1 << bucketsPerChunkBits;

/** Positions in the scalars. */
const bucketCount = 0;
const hashMask = 1;

/**
 * Finds a slot by its key: chained buckets that grow by **linear hashing**. When there are more entries than
 * buckets, one bucket is added and one is split, so that growth costs the same at any size and there is
 * never a moment at which everything is hashed again.
 */
export class StickIndex {
  readonly #slots: StickSlots;
  readonly #allocate: AllocateBytes;
  readonly #key0: number;
  readonly #key1: number;
  readonly #scalars: Int32Array;
  readonly #chunks: Int32Array[] = [];

  /** @param seed 0 to 2^53-1; makes bucket numbers unpredictable for whoever chooses the keys */
  constructor(slots: StickSlots, seed: number, allocate: AllocateBytes) {
    this.#slots = slots;
    this.#allocate = allocate;
    this.#key0 = seed | 0;
    this.#key1 = Math.floor(seed / 2 ** 32);
    this.#scalars = new Int32Array(allocate(8), 0, 2);
    this.#scalars[bucketCount] = bucketsPerChunk;
    this.#scalars[hashMask] = bucketsPerChunk - 1;
  }

  get bytes(): number {
    return this.#chunks.length * bucketsPerChunk * bytesPerBucket;
  }

  /** The slot with that key, or 0. Hot path. */
  find(w0: number, w1: number, w2: number, w3: number): number {
    let slot = this.#head(this.#bucket(hashWords(w0, w1, w2, w3, this.#key0, this.#key1)));
    while (slot !== 0 && !this.#slots.hasKey(slot, w0, w1, w2, w3)) slot = this.#slots.get(slot, nextWord);
    return slot;
  }

  /**
   * Adds a slot whose key is not there yet. Hot path.
   *
   * @param size how many entries there are with it
   */
  add(slot: number, size: number): void {
    if (this.#chunks.length === 0) this.#addChunk();
    const bucket = this.#bucket(this.#hash(slot));
    this.#slots.set(slot, nextWord, this.#head(bucket));
    this.#setHead(bucket, slot);
    if (size > (this.#scalars[bucketCount] ?? 0)) this.#split();
  }

  /** Hot path. */
  remove(slot: number): void {
    const bucket = this.#bucket(this.#hash(slot));
    const after = this.#slots.get(slot, nextWord);
    let before = this.#head(bucket);
    if (before === slot) {
      this.#setHead(bucket, after);
      return;
    }
    for (
      let next = this.#slots.get(before, nextWord);
      next !== slot;
      next = this.#slots.get(before, nextWord)
    ) {
      before = next;
    }
    this.#slots.set(before, nextWord, after);
  }

  /** Adds one bucket, and shares the chain that its entries were in. */
  #split(): void {
    const added = this.#scalars[bucketCount] ?? 0;
    if (added > (this.#scalars[hashMask] ?? 0)) this.#scalars[hashMask] = added * 2 - 1;
    if (added >>> bucketsPerChunkBits >= this.#chunks.length) this.#addChunk();
    this.#scalars[bucketCount] = added + 1;

    const mask = this.#scalars[hashMask] ?? 0;
    const source = added & (mask >>> 1);
    let slot = this.#head(source);
    let stay = 0;
    let move = 0;
    while (slot !== 0) {
      const next = this.#slots.get(slot, nextWord);
      const moves = (this.#hash(slot) & mask) === added;
      this.#slots.set(slot, nextWord, moves ? move : stay);
      if (moves) move = slot;
      else stay = slot;
      slot = next;
    }
    this.#setHead(source, stay);
    this.#setHead(added, move);
  }

  #hash(slot: number): number {
    const slots = this.#slots;
    return hashWords(
      slots.get(slot, 0),
      slots.get(slot, 1),
      slots.get(slot, 2),
      slots.get(slot, 3),
      this.#key0,
      this.#key1,
    );
  }

  /** Buckets that are not split off yet are still part of the one with the highest bit off. */
  #bucket(hash: number): number {
    const mask = this.#scalars[hashMask] ?? 0;
    const bucket = hash & mask;
    return bucket < (this.#scalars[bucketCount] ?? 0) ? bucket : bucket & (mask >>> 1);
  }

  #head(bucket: number): number {
    return this.#chunks[bucket >>> bucketsPerChunkBits]?.[bucket & (bucketsPerChunk - 1)] ?? 0;
  }

  #setHead(bucket: number, slot: number): void {
    const chunk = this.#chunks[bucket >>> bucketsPerChunkBits];
    if (chunk !== undefined) chunk[bucket & (bucketsPerChunk - 1)] = slot;
  }

  #addChunk(): void {
    this.#chunks.push(new Int32Array(this.#allocate(bucketsPerChunk * bytesPerBucket), 0, bucketsPerChunk));
  }
}
