import type { ServerNames } from './server-names.ts';
import { StickIndex } from './stick-index.ts';
import type { AllocateBytes } from './stick-records.ts';
import { StickSlots } from './stick-slots.ts';
import { UseOrder } from './use-order.ts';

/** What the memory of a stick table is made for. */
export interface StickMemoryOptions {
  /** The most entries that it can ever hold, below 2^28. */
  readonly capacity: number;
  readonly seed: number;
  readonly allocate: AllocateBytes;
}

/**
 * The memory of a stick table: entries, how they are found, and the order of their use. Tables with limits of their own
 * may use one memory together: an entry that one of them renews is renewed for all.
 */
export class StickMemory {
  readonly capacity: number;
  readonly names: ServerNames;
  readonly #seed: number;
  readonly #allocate: AllocateBytes;
  slots!: StickSlots;
  index!: StickIndex;
  order!: UseOrder;
  #size!: Int32Array;

  constructor({ capacity, seed, allocate }: StickMemoryOptions, names: ServerNames) {
    this.capacity = capacity;
    this.names = names;
    this.#seed = seed;
    this.#allocate = allocate;
    this.#build();
  }

  get size(): number {
    return this.#size[0] ?? 0;
  }

  get bytes(): number {
    return this.slots.bytes + this.index.bytes + this.order.bytes;
  }

  /** The slot of a key, or 0. Hot path. */
  find(w0: number, w1: number, w2: number, w3: number): number {
    return this.index.find(this.index.hash(w0, w1, w2, w3), w0 | 0, w1 | 0, w2 | 0, w3 | 0);
  }

  /**
   * Gives a key that is not there a slot, whose place in the order of use is behind another one. Hot path.
   *
   * @param after the slot, or 0 for the first place
   */
  insert(hash: number, w0: number, w1: number, w2: number, w3: number, after: number): number {
    const slot = this.slots.take(hash, w0, w1, w2, w3);
    this.#size[0] = this.size + 1;
    this.index.add(slot, this.size);
    this.order.insert(slot, after);
    return slot;
  }

  remove(slot: number): void {
    this.index.remove(slot);
    this.order.remove(slot);
    this.slots.release(slot);
    this.#size[0] = this.size - 1;
  }

  /** Forgets everything and gives the memory back. */
  clear(): void {
    this.names.clear();
    this.#build();
  }

  /** Takes memory for everything at once. */
  reserveAll(): void {
    this.slots.reserveAll(this.capacity);
    this.index.reserveAll(this.capacity);
    this.order.reserveAll(this.capacity);
  }

  /** Rebuilds index, order and free slots from the entries alone, whatever state they were left in. */
  rebuild(): void {
    const used: number[] = [];
    this.slots.rebuild();
    for (let slot = 1; slot <= this.slots.highest; slot++) if (this.slots.server(slot) !== 0) used.push(slot);
    used.sort((a, b) => this.slots.lastUsedMs(a) - this.slots.lastUsedMs(b));
    this.index.clear();
    this.order.clear();
    for (const [index, slot] of used.entries()) {
      this.index.add(slot, index + 1);
      this.order.add(slot);
    }
    this.#size[0] = used.length;
  }

  #build(): void {
    this.slots = new StickSlots(this.#allocate);
    this.index = new StickIndex(this.slots, this.capacity, this.#seed, this.#allocate);
    this.order = new UseOrder(this.#allocate);
    this.#size = new Int32Array(this.#allocate(4), 0, 1);
  }
}
