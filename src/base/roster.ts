/** Something that can be on one roster. */
export interface Rostered {
  /** Where it stands on its roster; -1 while on none. The roster's own. */
  rosterSlot: number;
}

/**
 * A set of items that come and go by the thousand each second. A `Set` does as much, but moves to a new table
 * whenever its table is full. The old table keeps the new one and its own items alive until the whole heap is
 * collected: everything that was ever in it outlives every quick collection.
 */
export class Roster<Item extends Rostered> {
  readonly #items: Item[] = [];

  get size(): number {
    return this.#items.length;
  }

  add(item: Item): void {
    if (item.rosterSlot >= 0) return;
    item.rosterSlot = this.#items.length;
    this.#items.push(item);
  }

  /** @returns false where it was not on it */
  delete(item: Item): boolean {
    const slot = item.rosterSlot;
    if (this.#items[slot] !== item) return false;
    const last = this.#items.pop();
    if (last !== undefined && last !== item) {
      this.#items[slot] = last;
      last.rosterSlot = slot;
    }
    item.rosterSlot = -1;
    return true;
  }

  /** As it stands, without a copy: for a loop that neither adds nor deletes. */
  get items(): readonly Item[] {
    return this.#items;
  }

  /** In no particular order. Items added meanwhile may be left out; items deleted meanwhile are left out. */
  *[Symbol.iterator](): Iterator<Item> {
    for (const item of [...this.#items]) if (this.#items[item.rosterSlot] === item) yield item;
  }
}
