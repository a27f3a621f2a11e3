/**
 * Spreads turns as evenly as whole turns allow: number `i` gets `weights[i]` turns of one round. After any `t` turns
 * of the round, the number of turns that it had differs by less than 1 from its exact share.
 *
 * Turn `k` of a number with the share `s` belongs between `k / s` and `(k + 1) / s`; of all turns that may be taken,
 * the one that ends first is taken. Every turn then meets its end (earliest deadline first, Liu and Layland 1973, as
 * used by WF²Q). Takes O(turns × log weights).
 *
 * @param weights whole numbers of at least 1
 * @returns which number has each turn of the round
 */
export function smoothSchedule(weights: readonly number[]): Uint32Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const order = new Uint32Array(total);
  const taken = new Uint32Array(weights.length);
  const dueAt = Float64Array.from(weights, (weight) => total / weight);
  const ready = new EarliestFirst(dueAt);
  const waiting = new WaitingTurns(weights.length, total);
  for (let i = weights.length - 1; i >= 0; i--) waiting.add(i, 0);

  for (let turn = 0; turn < total; turn++) {
    waiting.moveTo(ready, turn);
    const next = ready.take();
    const weight = weights[next] ?? 1;
    const count = (taken[next] ?? 0) + 1;
    order[turn] = next;
    taken[next] = count;
    dueAt[next] = ((count + 1) * total) / weight;
    if (count < weight) waiting.add(next, Math.max(turn + 1, Math.ceil((count * total) / weight)));
  }
  return order;
}

/** Numbers by the first turn that may take them again; each waits for one turn at most. */
class WaitingTurns {
  readonly #first: Int32Array;
  readonly #next: Int32Array;

  constructor(count: number, turns: number) {
    this.#first = new Int32Array(turns).fill(-1);
    this.#next = new Int32Array(count);
  }

  add(number: number, turn: number): void {
    this.#next[number] = this.#first[turn] ?? -1;
    this.#first[turn] = number;
  }

  moveTo(ready: EarliestFirst, turn: number): void {
    for (let i = this.#first[turn] ?? -1; i >= 0; i = this.#next[i] ?? -1) ready.add(i);
  }
}

/** A binary heap of numbers, earliest due first, the lower number on a tie. */
class EarliestFirst {
  readonly #dueAt: Float64Array;
  readonly #heap: Uint32Array;
  #size = 0;

  constructor(dueAt: Float64Array) {
    this.#dueAt = dueAt;
    this.#heap = new Uint32Array(dueAt.length);
  }

  add(number: number): void {
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(number, this.#at(parent))) break;
      this.#heap[at] = this.#at(parent);
      at = parent;
    }
    this.#heap[at] = number;
  }

  take(): number {
    const first = this.#at(0);
    const last = this.#at(--this.#size);
    let at = 0;
    for (let child = 1; child < this.#size; child = 2 * at + 1) {
      if (child + 1 < this.#size && this.#isBefore(this.#at(child + 1), this.#at(child))) child++;
      if (!this.#isBefore(this.#at(child), last)) break;
      this.#heap[at] = this.#at(child);
      at = child;
    }
    this.#heap[at] = last;
    return first;
  }

  #at(position: number): number {
    return this.#heap[position] ?? 0;
  }

  #isBefore(a: number, b: number): boolean {
    const difference = (this.#dueAt[a] ?? 0) - (this.#dueAt[b] ?? 0);
    return difference === 0 ? a < b : difference < 0;
  }
}
