import { newerWord, olderWord, type AllocateBytes, type StickSlots } from './stick-slots.ts';

/** Positions in the scalars. */
const oldest = 0;
const newest = 1;

/**
 * The slots of a stick table in order of their last use. All entries live equally long after it, so this is
 * the order in which they expire, too.
 */
export class UseOrder {
  readonly #slots: StickSlots;
  readonly #scalars: Int32Array;

  constructor(slots: StickSlots, allocate: AllocateBytes) {
    this.#slots = slots;
    this.#scalars = new Int32Array(allocate(8), 0, 2);
  }

  /** The slot that was not used for longest, or 0. */
  get oldest(): number {
    return this.#scalars[oldest] ?? 0;
  }

  /** Hot path. */
  add(slot: number): void {
    const before = this.#scalars[newest] ?? 0;
    this.#slots.set(slot, newerWord, 0);
    this.#slots.set(slot, olderWord, before);
    if (before === 0) this.#scalars[oldest] = slot;
    else this.#slots.set(before, newerWord, slot);
    this.#scalars[newest] = slot;
  }

  /** Hot path. */
  remove(slot: number): void {
    const newer = this.#slots.get(slot, newerWord);
    const older = this.#slots.get(slot, olderWord);
    if (newer === 0) this.#scalars[newest] = older;
    else this.#slots.set(newer, olderWord, older);
    if (older === 0) this.#scalars[oldest] = newer;
    else this.#slots.set(older, newerWord, newer);
  }

  /** Makes a slot the one used last. Hot path. */
  renew(slot: number): void {
    if (this.#scalars[newest] === slot) return;
    this.remove(slot);
    this.add(slot);
  }
}
