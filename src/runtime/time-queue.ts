/** Something that happens at a set time, kept by a {@link TimeQueue}. */
export interface Timed {
  readonly dueMs: number;
  /** For `TimeQueue` alone: where it stands, -1 for nowhere. Set it to -1 at first. */
  queueIndex: number;
  /** For `TimeQueue` alone: of two that are due at the same time, the one added first comes first. */
  queueOrder: number;
}

/** Items in order of time and then of arrival: a binary heap. */
export class TimeQueue<Item extends Timed> {
  readonly #heap: Item[] = [];
  #added = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** The one that is due first. */
  get first(): Item | undefined {
    return this.#heap[0];
  }

  add(item: Item): void {
    item.queueOrder = this.#added++;
    this.#heap.push(item);
    this.#rise(item, this.#heap.length - 1);
  }

  /** Idempotent. */
  delete(item: Item): void {
    const index = item.queueIndex;
    if (index < 0) return;
    item.queueIndex = -1;
    const last = this.#heap.pop();
    if (last === undefined || last === item) return;
    this.#rise(last, index);
    this.#sink(last);
  }

  #rise(item: Item, from: number): void {
    let index = from;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = this.#heap[above];
      if (parent === undefined || isBefore(parent, item)) break;
      this.#place(parent, index);
      index = above;
    }
    this.#place(item, index);
  }

  #sink(item: Item): void {
    let index = item.queueIndex;
    for (;;) {
      const child = this.#earlierChild(index);
      if (child === undefined || isBefore(item, child)) break;
      const below = child.queueIndex;
      this.#place(child, index);
      index = below;
    }
    this.#place(item, index);
  }

  #earlierChild(index: number): Item | undefined {
    const left = this.#heap[2 * index + 1];
    const right = this.#heap[2 * index + 2];
    return right !== undefined && left !== undefined && isBefore(right, left) ? right : left;
  }

  #place(item: Item, index: number): void {
    this.#heap[index] = item;
    item.queueIndex = index;
  }
}

function isBefore(a: Timed, b: Timed): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.queueOrder < b.queueOrder);
}
