/** Paths of options, in order: there may be a problem with each of a hundred thousand values. */
export class PathSet {
  readonly #sorted: readonly string[];

  constructor(paths: readonly string[]) {
    this.#sorted = paths.toSorted(inCodeUnits);
  }

  /** Whether one of them begins with this text. */
  hasBelow(start: string): boolean {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (inCodeUnits(this.#sorted[middle] ?? '', start) < 0) low = middle + 1;
      else high = middle;
    }
    return this.#sorted[low]?.startsWith(start) === true;
  }
}

/** Those with one beginning are neighbours, and the beginning itself comes first. */
function inCodeUnits(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
