/**
 * Numbered items in numbered lists, each item in one list at most. A list runs from the item that was added first to
 * the one that was added last. Flat typed arrays that are made once; every step takes the same time.
 */
export class Rings {
  readonly #items: number;
  /** Neighbours; each list is a ring, which begins and ends at a place of its own past the items. */
  readonly #older: Int32Array;
  readonly #newer: Int32Array;

  constructor(items: number, lists: number) {
    this.#items = items;
    this.#older = new Int32Array(items + lists);
    this.#newer = new Int32Array(items + lists);
    for (let place = items; place < items + lists; place++) {
      this.#older[place] = place;
      this.#newer[place] = place;
    }
  }

  /** Adds an item that is in no list. Hot path. */
  add(list: number, item: number): void {
    const place = this.#items + list;
    const latest = this.#older[place] ?? place;
    this.#older[item] = latest;
    this.#newer[item] = place;
    this.#newer[latest] = item;
    this.#older[place] = item;
  }

  /** Removes an item that is in a list. Hot path. */
  remove(item: number): void {
    const older = this.#older[item] ?? 0;
    const newer = this.#newer[item] ?? 0;
    this.#newer[older] = newer;
    this.#older[newer] = older;
  }

  /** The item that was added first. @returns -1 where there is none */
  first(list: number): number {
    const place = this.#items + list;
    const item = this.#newer[place] ?? place;
    return item === place ? -1 : item;
  }
}
