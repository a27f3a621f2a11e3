import { grown } from './grown.ts';

/**
 * Numbered items in numbered lists, each item in one list at most. A list runs from the item that was added first to
 * the one that was added last. Flat typed arrays; every step takes the same time. Either the items or the lists may
 * become more.
 */
export class Rings {
  /** Neighbours; each list is a ring, which begins and ends at a place of its own. What may become more comes last. */
  #older: Int32Array;
  #newer: Int32Array;
  readonly #firstItem: number;
  readonly #firstList: number;
  readonly #isOfLists: boolean;

  /** @param growing what may become more */
  constructor(items: number, lists: number, growing: 'items' | 'lists') {
    this.#isOfLists = growing === 'lists';
    this.#firstItem = this.#isOfLists ? 0 : lists;
    this.#firstList = this.#isOfLists ? items : 0;
    this.#older = new Int32Array(items + lists);
    this.#newer = new Int32Array(items + lists);
    this.#beginLists(this.#firstList, this.#firstList + lists);
  }

  /** Makes room for more of what may become more. */
  growTo(count: number): void {
    const before = this.#older.length;
    const after = count + (this.#isOfLists ? this.#firstList : this.#firstItem);
    this.#older = grown(this.#older, after);
    this.#newer = grown(this.#newer, after);
    if (this.#isOfLists) this.#beginLists(before, after);
  }

  /** Adds an item that is in no list. Hot path. */
  add(list: number, item: number): void {
    const place = this.#firstList + list;
    const added = this.#firstItem + item;
    const latest = this.#older[place] ?? place;
    this.#older[added] = latest;
    this.#newer[added] = place;
    this.#newer[latest] = added;
    this.#older[place] = added;
  }

  /** Removes an item that is in a list. Hot path. */
  remove(item: number): void {
    const removed = this.#firstItem + item;
    const older = this.#older[removed] ?? 0;
    const newer = this.#newer[removed] ?? 0;
    this.#newer[older] = newer;
    this.#older[newer] = older;
  }

  /** The item that was added first. @returns -1 where there is none */
  first(list: number): number {
    const place = this.#firstList + list;
    const first = this.#newer[place] ?? place;
    return first === place ? -1 : first - this.#firstItem;
  }

  #beginLists(from: number, to: number): void {
    for (let place = from; place < to; place++) {
      this.#older[place] = place;
      this.#newer[place] = place;
    }
  }
}
