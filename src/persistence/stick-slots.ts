/** Where memory comes from: at least that many bytes, all zero. */
export type AllocateBytes = (bytes: number) => ArrayBufferLike;

/** The words of a slot, by offset. Words 0 to 3 are the key. */
export const serverWord = 4;
export const nextWord = 5;
export const newerWord = 6;
export const olderWord = 7;

/** Eight words and, in the place of the last two, a time: together, so that a look-up touches one place. */
const wordsPerSlot = 10;
const timesPerSlot = wordsPerSlot / 2;
const timeOffset = 4;
const slotsPerChunkBits = 12;
const slotsPerChunk = 1 << slotsPerChunkBits;
const slotInChunk = slotsPerChunk - 1;

export const bytesPerSlot = 4 * wordsPerSlot;

/** Positions in the scalars. */
const used = 0;
const firstFree = 1;

/**
 * The entries of a stick table, in chunks that are added one at a time: growth never copies what is there.
 *
 * Slots are numbered from 1; 0 means none, so memory that is all zero needs no preparation. A slot is in use
 * exactly while its server word is not 0.
 */
export class StickSlots {
  readonly #allocate: AllocateBytes;
  readonly #scalars: Int32Array;
  readonly #words: Int32Array[] = [];
  readonly #times: Float64Array[] = [];

  constructor(allocate: AllocateBytes) {
    this.#allocate = allocate;
    this.#scalars = new Int32Array(allocate(8), 0, 2);
  }

  /** The highest slot ever taken. */
  get highest(): number {
    return this.#scalars[used] ?? 0;
  }

  get bytes(): number {
    return this.#words.length * slotsPerChunk * bytesPerSlot;
  }

  /** Hot path. */
  get(slot: number, word: number): number {
    return this.#words[slot >>> slotsPerChunkBits]?.[(slot & slotInChunk) * wordsPerSlot + word] ?? 0;
  }

  /** Hot path. */
  set(slot: number, word: number, value: number): void {
    const words = this.#words[slot >>> slotsPerChunkBits];
    if (words !== undefined) words[(slot & slotInChunk) * wordsPerSlot + word] = value;
  }

  /** Hot path. */
  lastUsedMs(slot: number): number {
    return this.#times[slot >>> slotsPerChunkBits]?.[(slot & slotInChunk) * timesPerSlot + timeOffset] ?? 0;
  }

  /** Hot path. */
  setLastUsedMs(slot: number, nowMs: number): void {
    const times = this.#times[slot >>> slotsPerChunkBits];
    if (times !== undefined) times[(slot & slotInChunk) * timesPerSlot + timeOffset] = nowMs;
  }

  /** All words are signed, as the table stores them. Hot path. */
  hasKey(slot: number, w0: number, w1: number, w2: number, w3: number): boolean {
    const words = this.#words[slot >>> slotsPerChunkBits];
    if (words === undefined) return false;
    const at = (slot & slotInChunk) * wordsPerSlot;
    // Addresses differ at the end sooner than at the start.
    return words[at + 3] === w3 && words[at + 2] === w2 && words[at + 1] === w1 && words[at] === w0;
  }

  /** A free slot with that key, one that was released before if there is any. Hot path. */
  take(w0: number, w1: number, w2: number, w3: number): number {
    let slot = this.#scalars[firstFree] ?? 0;
    if (slot === 0) slot = this.#takeUnused();
    else this.#scalars[firstFree] = this.get(slot, nextWord);
    this.set(slot, 0, w0);
    this.set(slot, 1, w1);
    this.set(slot, 2, w2);
    this.set(slot, 3, w3);
    return slot;
  }

  /** Hot path. */
  release(slot: number): void {
    this.set(slot, serverWord, 0);
    this.set(slot, nextWord, this.#scalars[firstFree] ?? 0);
    this.#scalars[firstFree] = slot;
  }

  #takeUnused(): number {
    const slot = this.highest + 1;
    if (slot >>> slotsPerChunkBits >= this.#words.length) this.#addChunk();
    this.#scalars[used] = slot;
    return slot;
  }

  #addChunk(): void {
    const memory = this.#allocate(slotsPerChunk * bytesPerSlot);
    this.#times.push(new Float64Array(memory, 0, slotsPerChunk * timesPerSlot));
    this.#words.push(new Int32Array(memory, 0, slotsPerChunk * wordsPerSlot));
  }
}
