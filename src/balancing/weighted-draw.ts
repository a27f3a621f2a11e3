import type { Random } from '../runtime/runtime.ts';

/** Draws indexes in proportion to weights, in constant time: the alias method of Walker and Vose (1991). */
export class WeightedDraw {
  readonly #random: Random;
  /** The chance to keep an index that was hit, and the index to take otherwise. */
  readonly #keep: Float64Array;
  readonly #alias: Uint32Array;

  constructor(weights: readonly number[], random: Random) {
    this.#random = random;
    const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
    this.#keep = Float64Array.from(weights, (weight) => weight / mean);
    this.#alias = Uint32Array.from(weights.keys());
    this.#fillUp();
  }

  /** Hot path. */
  next(): number {
    const point = this.#random() * this.#keep.length;
    const index = Math.floor(point);
    return point - index < (this.#keep[index] ?? 1) ? index : (this.#alias[index] ?? index);
  }

  /** Fills every index that has less than an equal part from one that has more. */
  #fillUp(): void {
    const indexes = [...this.#keep.keys()];
    const small = indexes.filter((index) => this.#part(index) < 1);
    const large = indexes.filter((index) => this.#part(index) >= 1);
    let giver = large.pop();
    for (let taker = small.pop(); taker !== undefined && giver !== undefined; taker = small.pop()) {
      this.#alias[taker] = giver;
      const left = this.#part(giver) - (1 - this.#part(taker));
      this.#keep[giver] = left;
      if (left >= 1) continue;
      small.push(giver);
      giver = large.pop();
    }
  }

  #part(index: number): number {
    return this.#keep[index] ?? 0;
  }
}

/** Draws that can be looked at before they are taken. */
export class DrawsAhead {
  readonly #draw: WeightedDraw;
  readonly #ahead: Uint32Array;
  #count = 0;

  /** @param most how far one may look ahead */
  constructor(draw: WeightedDraw, most: number) {
    this.#draw = draw;
    this.#ahead = new Uint32Array(most);
  }

  /** The draw with that number, from 0 for the next; those before it must have been looked at. Hot path. */
  at(index: number): number {
    if (index === this.#count) this.#ahead[this.#count++] = this.#draw.next();
    return this.#ahead[index] ?? 0;
  }

  /** Takes the first `count` draws. Hot path. */
  drop(count: number): void {
    if (count < this.#count) this.#ahead.copyWithin(0, count, this.#count);
    this.#count -= count;
  }
}
